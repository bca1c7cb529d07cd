import { kill, pid as ownPid } from 'node:process';
import { ReadFailure } from '../model/failure.ts';
import type { ProcessRef } from '../model/target.ts';
import { fileFailure } from './file-failure.ts';
import { readLivingProcessStat } from './process-stat.ts';
import { readSmallFile } from './small-file.ts';

/** Numbers of asm-generic/signal.h, as on x86-64 and ARM. */
const numbers = { SIGQUIT: 3, SIGUSR1: 10 } as const;

/** The signals that heapwatch ever sends, and only when the user has opted in. */
export type AskingSignal = keyof typeof numbers;

/**
 * Throws unless a signal would run a handler of the process: a process without one would end. `image` is that of the
 * program which was looked at (`ProcessStat`): after an exec it is another, with other handlers. Throws `gone`,
 * `unsupported`, and `busy` for one that is stopped.
 */
export function checkCatches(process: ProcessRef, signal: AskingSignal, image: string): void {
  const { procfsPath, pid } = process;
  checkNumbering(procfsPath);
  const { state, threads, image: imageNow } = readLivingProcessStat(process);
  if (imageNow !== image) throw new ReadFailure('gone', `process ${pid} runs another program now`);
  if (state === 'T' || state === 't') {
    throw new ReadFailure('busy', `process ${pid} is stopped, or a debugger holds it: it cannot answer now`);
  }
  if (threads < 2) throw new ReadFailure('busy', `process ${pid} has one thread only: it is just starting or ending`);
  if (!catches(readSmallFile(`${procfsPath}/${pid}/status`), signal)) {
    throw new ReadFailure('unsupported', `process ${pid} has no handler for ${signal}, which would end it: not sent`);
  }
}

/** Sends a signal after `checkCatches`, at once. Throws `ReadFailure`. */
export function sendCaughtSignal(process: ProcessRef, signal: AskingSignal, image: string): void {
  checkCatches(process, signal, image);
  readLivingProcessStat(process);
  try {
    kill(process.pid, signal);
  } catch (error) {
    throw fileFailure(error, `process ${process.pid}`);
  }
}

/** Whether the lines of a /proc/<pid>/status name a handler of the signal, see proc_pid_status(5). */
export function catches(statusText: string, signal: AskingSignal): boolean {
  const mask = /^SigCgt:\t([0-9a-f]{8,32})$/m.exec(statusText)?.[1];
  return mask !== undefined && ((Number.parseInt(mask.slice(-8), 16) >>> (numbers[signal] - 1)) & 1) === 1;
}

/** A procfs of another pid namespace, such as the host's in a container, has other numbers than kill(2). */
function checkNumbering(procfsPath: string): void {
  let own: string | undefined;
  try {
    own = /^NSpid:\t(.*)$/m.exec(readSmallFile(`${procfsPath}/self/status`))?.[1];
  } catch (error) {
    if (!(error instanceof ReadFailure)) throw error; // it does not show us at all
  }
  if (own === String(ownPid)) return;
  throw new ReadFailure(
    'unsupported',
    `${procfsPath} belongs to another pid namespace than heapwatch, and a signal to a pid of it would reach another ` +
      'process: run heapwatch in that namespace (hostPID, or shareProcessNamespace)',
  );
}
