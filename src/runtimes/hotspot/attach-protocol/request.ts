// The attach protocol of HotSpot: src/hotspot/share/services/attachListener.cpp and os/posix/attachListener_posix.cpp,
// version 1 in JDK 8 to 27, version 2 besides from JDK 24 on. One request a connection; the reply goes on until its end.

import { createConnection, type Socket } from 'node:net';
import { ReadFailure } from '../../../model/failure.ts';

export interface Reply {
  /** 0 when it worked, -1 for an operation that it does not know. */
  readonly code: number;
  readonly text: string;
}

/** 200,000 classes with names of 100 characters. */
const mostReplyBytes = 32 * 2 ** 20;
const argumentsOfVersion1 = 3;

/** `version\0operation\0argument\0argument\0argument\0` */
export function encodeVersion1(operation: string, argument: string): Buffer {
  const missing = '\0'.repeat(argumentsOfVersion1 - 1);
  return Buffer.from(`1\0${operation}\0${argument}\0${missing}`, 'latin1');
}

/** `version\0`, the bytes that follow in decimal and `\0`, then as many arguments as there are. */
export function encodeVersion2(operation: string, argument: string): Buffer {
  const body = `${operation}\0${argument}\0`;
  return Buffer.from(`2\0${body.length}\0${body}`, 'latin1');
}

/** The code in decimal, a line feed, the text. Throws `unreadable`. */
export function parseReply(bytes: Buffer): Reply {
  const [, code, text] = /^(-?\d{1,9})\n(.*)$/s.exec(bytes.toString('utf8')) ?? [];
  if (code !== undefined && text !== undefined) return { code: Number(code), text };
  throw new ReadFailure('unreadable', 'the JVM gave no answer that the attach protocol knows');
}

/** The socket file is there and nobody listens: it is of an earlier process with the same pid. */
export class StaleSocket extends Error {}

/** Sends a request and answers the whole reply. Throws `StaleSocket` and `ReadFailure`; `busy` when the signal aborts. */
export async function exchange(path: string, request: Buffer, deadline: AbortSignal): Promise<Reply> {
  const socket = createConnection({ path, signal: deadline });
  try {
    return parseReply(await converse(socket, request));
  } catch (error) {
    if (error instanceof ReadFailure) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    if (deadline.aborted) throw new ReadFailure('busy', 'the JVM did not answer in time: it is stuck, or very busy');
    if (code === 'ECONNREFUSED' || code === 'ENOENT') throw new StaleSocket();
    throw new ReadFailure('unreadable', `the JVM does not answer: ${message}`, { cause: error });
  } finally {
    socket.destroy();
  }
}

async function converse(socket: Socket, request: Buffer): Promise<Buffer> {
  socket.write(request);
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of socket as AsyncIterable<Buffer>) {
    length += piece.length;
    if (length > mostReplyBytes) throw new ReadFailure('unreadable', 'the JVM answers more than any JVM has classes');
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}
