import { setTimeout as pause } from 'node:timers/promises';
import { sendCaughtSignal } from '../../../linux/caught-signal.ts';
import { type ListeningSocket, readOwnListeningSockets } from '../../../linux/listening-sockets.ts';
import { ReadFailure } from '../../../model/failure.ts';
import type { ProcessRef } from '../../../model/target.ts';
import { connectDevtools, type DevtoolsClient, findInspector, type RemoteValue } from './devtools-client.ts';
import { checkInspectable } from './inspectable-node.ts';

/** A Node.js that answers. */
export interface OpenedInspector {
  /** Handle of an object of ours in the process: `v8` and `isProxy`. */
  readonly self: string;
  /** Runs a function of ours with `this` as `self`. Rejects with `ReadFailure`. */
  run(functionText: string, ...objectIds: string[]): Promise<unknown>;
  /** Handle of what an expression is. */
  handleOf(expression: string): Promise<string>;
  /** Handle of an array of all objects with a prototype; collects garbage first. */
  queryObjects(prototype: string): Promise<string>;
}

const deadlineMs = 20_000;
/** SIGUSR1 opens it in 25 to 70 ms. */
const openMs = 5000;
const closedMs = 3000;
const pollMs = 20;
/** Whatever becomes of us, the process closes its inspector by itself. Later than our own deadline. */
const watchdogMs = 30_000;
/** As long as our end of the connection takes to close, and then again. */
const afterUsMs = 20;
const retryMs = 100;

/**
 * What we put into the process: a timer, which ends with the inspector. `inspector.close()` blocks the program until all
 * connections are closed, and would freeze it when heapwatch itself is frozen: so it is called when none is open.
 */
const arm = `(() => {
  const { close, url } = require('node:inspector');
  const { readFileSync } = require('node:fs');
  const port = Number(new URL(url()).port).toString(16).toUpperCase().padStart(4, '0');
  const connection = new RegExp(':' + port + ' [0-9A-F]+:[0-9A-F]{4} 01 ');
  const isConnected = () => {
    try {
      return connection.test(readFileSync('/proc/self/net/tcp', 'latin1'));
    } catch {
      return false;
    }
  };
  let timer;
  const closeIn = (ms) => {
    clearTimeout(timer);
    timer = setTimeout(() => (isConnected() ? closeIn(${retryMs}) : close()), ms);
    timer.unref();
  };
  closeIn(${watchdogMs});
  return { closeIn, v8: require('node:v8'), isProxy: require('node:util').types.isProxy };
})()`;
const disarm = `function () { this.closeIn(${afterUsMs}); }`;

/** Opens the inspector, uses it and closes it. Only where the user has opted in. Rejects with `ReadFailure`. */
export async function withInspector<T>(process: ProcessRef, use: (node: OpenedInspector) => Promise<T>): Promise<T> {
  const image = checkInspectable(process);
  const before = new Set(readOwnListeningSockets(process).map(({ inode }) => inode));
  const deadline = AbortSignal.timeout(deadlineMs);
  sendCaughtSignal(process, 'SIGUSR1', image);
  const { url, listener } = await awaitInspector(process, before, deadline);
  const client = await connectDevtools(url, deadline);
  let isArmed = false;
  try {
    const node = await openNode(client);
    isArmed = true;
    const answer = await use(node);
    await node.run(disarm);
    client.close();
    await awaitClosed(process, listener);
    return answer;
  } catch (error) {
    client.close();
    if (!(error instanceof ReadFailure) || error.kind === 'gone') throw error;
    const until = isArmed ? `it closes itself after ${watchdogMs / 1000} s` : 'it may still be open: look at port';
    throw new ReadFailure(error.kind, `${error.message} (of its inspector: ${until}, ${listener.port})`, {
      cause: error,
    });
  }
}

/** Only a socket of the process itself that was not there before the signal. */
async function awaitInspector(process: ProcessRef, before: ReadonlySet<number>, deadline: AbortSignal) {
  const until = performance.now() + openMs;
  while (performance.now() < until) {
    await pause(pollMs);
    for (const listener of readOwnListeningSockets(process)) {
      if (before.has(listener.inode) || !listener.onLoopback) continue;
      const url = await findInspector(listener.port, deadline);
      if (url !== undefined) return { url, listener };
    }
  }
  throw new ReadFailure(
    'unsupported',
    `process ${process.pid} opened no inspector at SIGUSR1: it handles the signal itself, or is stuck and may open ` +
      'it later: look at port 9229',
  );
}

async function awaitClosed(process: ProcessRef, { inode, port }: ListeningSocket): Promise<void> {
  const until = performance.now() + closedMs;
  while (readOwnListeningSockets(process).some((one) => one.inode === inode)) {
    if (performance.now() > until) throw new ReadFailure('busy', `port ${port} is not closed yet`);
    await pause(pollMs);
  }
}

async function openNode(client: DevtoolsClient): Promise<OpenedInspector> {
  const handleOf = async (expression: string) => {
    // The command line's API brings `require`, which a program of ES modules has not.
    const answer = await client.call('Runtime.evaluate', { expression, includeCommandLineAPI: true });
    return handle(remoteValue(answer, 'result'));
  };
  const self = await handleOf(arm);
  return {
    self,
    handleOf,
    async run(functionDeclaration, ...objectIds) {
      const parameters = objectIds.map((objectId) => ({ objectId }));
      const question = { functionDeclaration, objectId: self, arguments: parameters, returnByValue: true };
      return remoteValue(await client.call('Runtime.callFunctionOn', question), 'result').value;
    },
    async queryObjects(prototypeObjectId) {
      return handle(remoteValue(await client.call('Runtime.queryObjects', { prototypeObjectId }), 'objects'));
    },
  };
}

function remoteValue(answer: Record<string, unknown>, key: string): RemoteValue {
  const value = answer[key];
  if (answer.exceptionDetails === undefined && typeof value === 'object' && value !== null) return value;
  throw new ReadFailure('unreadable', 'this Node.js fails to answer: what its inspector runs throws an error');
}

function handle({ objectId }: RemoteValue): string {
  if (typeof objectId === 'string') return objectId;
  throw new ReadFailure('unreadable', 'this Node.js answers otherwise than its inspector does');
}
