import { readExecutable } from '../linux/executable.ts';
import { isDead, readLivingProcessStat, readProcessStat } from '../linux/process-stat.ts';
import { ReadFailure } from '../model/failure.ts';
import type { Detection, ProcessRef } from '../model/target.ts';
import { runtimes } from '../runtimes/index.ts';
import { mappingsOnce } from '../runtimes/mappings-once.ts';
import type { Runtime } from '../runtimes/runtime.ts';

/** A process of a runtime that we know. */
export interface FoundProcess {
  readonly process: ProcessRef;
  readonly runtime: Runtime;
  readonly detection: Detection;
  /** Another text after an exec. */
  readonly image: string;
}

/** Says what a pid is. Throws `ReadFailure` with the reason when it is nothing that we can read. */
export function findProcess(procfsPath: string, pid: number): FoundProcess {
  const stat = readStat(procfsPath, pid);
  if (isDead(stat)) {
    throw new ReadFailure(
      'gone',
      `process ${pid} is a zombie or about to be one: it has ended, and its memory is gone`,
    );
  }
  if (stat.kernelThread)
    throw new ReadFailure('unsupported', `process ${pid} is a thread of the kernel, not a program`);
  const process: ProcessRef = { pid, startTicks: stat.startTicks, procfsPath };
  const mappings = mappingsOnce(process);
  for (const runtime of runtimes) {
    const detection = runtime.detect(process, mappings);
    if (detection === undefined) continue;
    const version = runtime.readVersion?.(process, detection.version, mappings) ?? detection.version;
    return { process, runtime, detection: { ...detection, version }, image: stat.image };
  }
  // The maps of a process that is just ending are empty.
  readLivingProcessStat(process);
  const { name } = readExecutable(procfsPath, pid);
  const known = runtimes.map((runtime) => runtime.name).join(', ');
  throw new ReadFailure('unsupported', `process ${pid} (${name}) is of no runtime that heapwatch reads: ${known}`);
}

function readStat(procfsPath: string, pid: number) {
  try {
    return readProcessStat(procfsPath, pid);
  } catch (error) {
    const gone = error instanceof ReadFailure && error.kind === 'gone';
    throw gone ? new ReadFailure('gone', `there is no process ${pid}`, { cause: error }) : error;
  }
}
