// The Chrome DevTools Protocol over a WebSocket, as Node.js 18 to 26 serves it: src/inspector_socket_server.cc,
// https://chromedevtools.github.io/devtools-protocol/v8/Runtime/.

import { get } from 'node:http';
import { WebSocket } from 'ws';
import { ReadFailure } from '../../../model/failure.ts';

/** A remote object's handle, or its value. */
export interface RemoteValue {
  readonly objectId?: string;
  readonly value?: unknown;
}

export interface DevtoolsClient {
  /** Rejects with `ReadFailure`: what the process says, or `busy` at the deadline. */
  call(method: string, parameters: object): Promise<Record<string, unknown>>;
  /** At once; idempotent. */
  close(): void;
}

/** What the process answers about itself: 64 KiB are more than it has to say; an answer of ours is a list of types. */
const mostPageBytes = 64 * 1024;
const mostMessageBytes = 16 * 2 ** 20;
const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Undefined when what listens on the port is no inspector of Node.js. */
export async function findInspector(port: number, deadline: AbortSignal): Promise<string | undefined> {
  const version = await readPage(port, '/json/version', deadline);
  if (!/"Browser": *"node\.js\/v/.test(version)) return undefined;
  const id = /"id": *"([0-9a-f-]{36})"/.exec(await readPage(port, '/json/list', deadline))?.[1];
  return id !== undefined && uuid.test(id) ? `ws://127.0.0.1:${port}/${id}` : undefined;
}

/** The text of a page; '' for whatever goes wrong. */
function readPage(port: number, path: string, signal: AbortSignal): Promise<string> {
  return new Promise((resolve) => {
    const request = get({ host: '127.0.0.1', port, path, signal, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (piece: string) => {
        text += piece;
        if (text.length > mostPageBytes) request.destroy();
      });
      response.on('end', () => resolve(text));
      response.on('error', () => resolve(''));
    });
    request.on('error', () => resolve(''));
    request.on('close', () => resolve(''));
  });
}

/** Connects to an inspector. Rejects with `ReadFailure`. */
export async function connectDevtools(url: string, deadline: AbortSignal): Promise<DevtoolsClient> {
  const socket = new WebSocket(url, { perMessageDeflate: false, maxPayload: mostMessageBytes, handshakeTimeout: 5000 });
  const waiting = new Map<
    number,
    { resolve(result: Record<string, unknown>): void; reject(error: ReadFailure): void }
  >();
  let lastId = 0;
  const fail = (failure: ReadFailure) => {
    socket.terminate();
    for (const one of waiting.values()) one.reject(failure);
    waiting.clear();
  };
  const late = () => fail(new ReadFailure('busy', 'this Node.js did not answer in time'));
  deadline.addEventListener('abort', late);
  socket.on('message', (data: Buffer) => {
    const { id, result, error } = parseMessage(data);
    const one = waiting.get(id ?? 0);
    waiting.delete(id ?? 0);
    if (result !== undefined) one?.resolve(result);
    else one?.reject(new ReadFailure('unreadable', `the inspector of this Node.js refuses: ${error?.message}`));
  });
  await new Promise<void>((resolve, reject) => {
    const closed = (error?: Error) => {
      const failure = new ReadFailure('unreadable', `the inspector closed the connection: ${error?.message ?? ''}`);
      reject(failure);
      fail(failure);
    };
    socket.on('open', resolve);
    socket.on('error', closed);
    socket.on('close', () => closed());
  });
  return {
    call(method, parameters) {
      const id = ++lastId;
      return new Promise((resolve, reject) => {
        if (socket.readyState !== WebSocket.OPEN) return reject(new ReadFailure('busy', 'the inspector is closed'));
        waiting.set(id, { resolve, reject });
        socket.send(JSON.stringify({ id, method, params: parameters }));
      });
    },
    close() {
      deadline.removeEventListener('abort', late);
      socket.terminate();
    },
  };
}

interface Message {
  readonly id?: number;
  readonly result?: Record<string, unknown>;
  readonly error?: { readonly message?: unknown };
}

function parseMessage(data: Buffer): Message {
  try {
    return (JSON.parse(data.toString('utf8')) as Message | null) ?? {};
  } catch {
    return {}; // whoever waits for an answer meets the deadline
  }
}
