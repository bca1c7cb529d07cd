import { readCommandLine } from '../linux/command-line.ts';
import { type Executable, readExecutable } from '../linux/executable.ts';
import type { ProcessStat } from '../linux/process-stat.ts';
import { ReadFailure } from '../model/failure.ts';
import type { Detection, ProcessRef, Target } from '../model/target.ts';
import type { Runtime } from '../runtimes/runtime.ts';
import { looksLikeOurs } from './executable-names.ts';
import { serviceName } from './service-name.ts';

/** A process in the list of them. */
export interface SeenProcess {
  readonly process: ProcessRef;
  readonly stat: ProcessStat;
  readonly startTimeSeconds: number;
}

/** What one look at a process found: a target, a failure, or neither when it is none of ours. */
export interface Look {
  readonly startTicks: number;
  /** Another one after an exec, although pid and start time are the same then. */
  readonly image: string;
  readonly target?: Target;
  /** Why we do not know: `denied` only when the process looks like ours, or a bug of a runtime. */
  readonly failure?: unknown;
  /** When a process that is no target is looked at again: it may have loaded its interpreter as a library by then. */
  readonly lookAgainAtSeconds: number;
}

/** Asks each runtime whether the process is its own; the first that says so has it. Throws `gone` only. */
export function lookAtProcess(seen: SeenProcess, runtimes: readonly Runtime[], nowSeconds: number): Look {
  const { process, stat, startTimeSeconds } = seen;
  const look = {
    startTicks: stat.startTicks,
    image: stat.image,
    // Each time after as long as it had lived then: few looks, and none of them late for its age.
    lookAgainAtSeconds: nowSeconds + Math.max(nowSeconds - startTimeSeconds, 1),
  };
  try {
    const executable = readExecutable(process.procfsPath, process.pid);
    for (const runtime of runtimes) {
      const detection = runtime.detect(process);
      if (detection === undefined) continue;
      const target = describe(seen, detection, executable);
      return { ...look, image: `${stat.image} ${executable.identity}`, target };
    }
    return look;
  } catch (error) {
    if (!(error instanceof ReadFailure)) return { ...look, failure: error };
    if (error.kind === 'gone') throw error;
    return error.kind !== 'denied' || looksLikeTarget(seen, runtimes) ? { ...look, failure: error } : look;
  }
}

/** Whether an earlier look still holds. Throws `gone`, or `denied` when the process has become another user's. */
export function isStillTrue(look: Look, { process, stat }: SeenProcess, nowSeconds: number): boolean {
  if (look.startTicks !== stat.startTicks) return false;
  if (look.target === undefined) return look.image === stat.image && nowSeconds < look.lookAgainAtSeconds;
  return look.image === `${stat.image} ${readExecutable(process.procfsPath, process.pid).identity}`;
}

/** Guesses from what everyone may read: what the process calls itself, and what it was started as. */
export function looksLikeTarget({ process, stat }: SeenProcess, runtimes: readonly Runtime[]): boolean {
  const [started = ''] = readCommandLine(process.procfsPath, process.pid);
  const names = [stat.comm, started.split(' ', 1)[0]!.split('/').at(-1)!];
  return looksLikeOurs(
    names,
    runtimes.map(({ name }) => name),
  );
}

function describe({ process, startTimeSeconds }: SeenProcess, detection: Detection, { name }: Executable): Target {
  const commandLine = readCommandLine(process.procfsPath, process.pid);
  return { ...detection, process, startTimeSeconds, serviceName: serviceName(name, commandLine), command: name };
}
