import { setTimeout as pause } from 'node:timers/promises';
import { checkCatches, sendCaughtSignal } from '../../../linux/caught-signal.ts';
import type { Census } from '../../../model/census.ts';
import { ReadFailure } from '../../../model/failure.ts';
import type { ProcessRef } from '../../../model/target.ts';
import { type AttachableJvm, checkAttachable } from './attachable-jvm.ts';
import { parseClassHistogram } from './class-histogram.ts';
import { encodeVersion1, encodeVersion2, exchange, type Reply, StaleSocket } from './request.ts';
import { openTargetFolder, type TargetFolder } from './target-folder.ts';

/** Less than what a census may take in all, so that everything is closed before anyone ends us. */
const deadlineMs = 20_000;
/** A JVM looks for the file within a few milliseconds, one that swaps or collects later. */
const listenMs = 5000;
const pollMs = 20;

/**
 * Asks the JVM to count its objects, garbage included: it stops for 0.15 to 0.5 of a full collection. Only where the user
 * has opted in. Throws `ReadFailure`; `unsupported` when something says that it is not safe.
 */
export async function askCensus(process: ProcessRef): Promise<Census> {
  const takenAtSeconds = Date.now() / 1000;
  const began = performance.now();
  const types = parseClassHistogram(await askHistogram(process));
  const bytes = types.reduce((sum, row) => sum + row.bytes, 0);
  return {
    takenAtSeconds,
    durationSeconds: (performance.now() - began) / 1000,
    objects: types.reduce((sum, row) => sum + row.count, 0),
    bytes,
    types,
    quality: { skippedRatio: 0, scannedBytes: bytes },
    spaceUsedBytes: {},
    spaceCommittedBytes: {},
  };
}

/** The histogram as `jcmd` prints it, the largest classes first; the rest as `askCensus`. */
export function askHistogram(process: ProcessRef): Promise<string> {
  return runCommand(process, 'GC.class_histogram -all');
}

/** What a diagnostic command, as `jcmd` takes it, prints. */
async function runCommand(process: ProcessRef, command: string): Promise<string> {
  const jvm = checkAttachable(process);
  const deadline = AbortSignal.timeout(deadlineMs);
  const folder = openTargetFolder(jvm);
  try {
    const options = await ask(jvm, folder, encodeVersion1('getversion', 'options'), deadline);
    const { code, text } = await ask(jvm, folder, encodeCommand(command, options), deadline);
    if (code === 0) return text;
    throw new ReadFailure('unreadable', `the JVM refuses ${command}: ${text.slice(0, 200)}`);
  } finally {
    folder.close();
  }
}

/**
 * From JDK 24 on a JVM streams its answer from within the safepoint, and stands still as long as the reader does not read;
 * `streaming=0` has it collect the answer first. Earlier ones do so anyway, and do not know the question.
 */
function encodeCommand(command: string, { code, text }: Reply): Buffer {
  if (code !== 0) return encodeVersion1('jcmd', command);
  const [version = '', options = ''] = text.trim().split(/\s+/);
  const operation = options.split(',').includes('streaming') ? 'jcmd streaming=0' : 'jcmd';
  return Number(version) >= 2 ? encodeVersion2(operation, command) : encodeVersion1(operation, command);
}

/** One request through the socket; the JVM is told to open one when there is none that listens. */
async function ask(jvm: AttachableJvm, folder: TargetFolder, request: Buffer, deadline: AbortSignal): Promise<Reply> {
  const reply = await tryExchange(folder, request, deadline);
  if (reply !== undefined) return reply;
  checkCatches(jvm.process, 'SIGQUIT', jvm.image);
  const trigger = folder.makeTrigger();
  try {
    for (let attempt = 0; attempt < 2; attempt++) {
      // A JVM that is very young may lose the first signal.
      sendCaughtSignal(jvm.process, 'SIGQUIT', jvm.image);
      const until = performance.now() + listenMs;
      while (performance.now() < until) {
        await pause(pollMs);
        const late = await tryExchange(folder, request, deadline);
        if (late !== undefined) return late;
      }
    }
  } finally {
    trigger.remove();
  }
  throw new ReadFailure('busy', 'the JVM was told to listen, and does not: it is stuck, or very busy');
}

/** Undefined when nobody listens there (yet). */
async function tryExchange(folder: TargetFolder, request: Buffer, deadline: AbortSignal): Promise<Reply | undefined> {
  const socket = folder.openSocket();
  if (socket === undefined) return undefined;
  try {
    return await exchange(socket.path, request, deadline);
  } catch (error) {
    if (error instanceof StaleSocket) return undefined;
    throw error;
  } finally {
    socket.close();
  }
}
