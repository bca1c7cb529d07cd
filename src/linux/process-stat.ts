import { ReadFailure } from '../model/failure.ts';
import type { ProcessRef } from '../model/target.ts';
import { readSmallFile } from './small-file.ts';
import { parseWholeNumber } from './whole-number.ts';

/** USER_HZ, the unit of times in /proc/<pid>/stat: 100 on every architecture that Node.js runs on. */
export const TICKS_PER_SECOND = 100;

/** PF_KTHREAD of include/linux/sched.h. */
const KERNEL_THREAD_FLAG = 0x00200000;
/** PF_EXITING of include/linux/sched.h: the memory goes first, and only then the process becomes a zombie. */
const EXITING_FLAG = 0x00000004;

export interface ProcessStat {
  /** At most 15 bytes, and the process may set it to anything. */
  readonly comm: string;
  /** `R`, `S`, `D`, `T` (stopped), `t` (traced), `Z` (zombie), `X` (dead), `I` (idle kernel thread). */
  readonly state: string;
  /** 0 for the first process, and for one whose parent is in another pid namespace. */
  readonly parentPid: number;
  readonly kernelThread: boolean;
  readonly exiting: boolean;
  /** User and system time of all threads, without children. */
  readonly cpuSeconds: number;
  readonly threads: number;
  readonly startTicks: number;
  /**
   * Where code and stack of the program begin: another pair after an exec, as both are placed at random. `0 0` or `1 0`
   * when we may not know.
   */
  readonly image: string;
}

/**
 * Parses /proc/<pid>/stat as proc_pid_stat(5) numbers its fields. The name in parentheses may itself hold spaces and
 * parentheses, so it ends at the last one. Throws `unreadable`.
 */
export function parseProcessStat(text: string): ProcessStat {
  const nameStart = text.indexOf('(');
  const nameEnd = text.lastIndexOf(')');
  // Field 3, the state, is the first after the name.
  const fields = text.slice(nameEnd + 2).split(' ');
  const field = (number: number) => fields[number - 3] ?? '';
  const count = (number: number) => parseWholeNumber(field(number)) ?? Number.NaN;
  const stat = {
    comm: text.slice(nameStart + 1, nameEnd),
    state: field(3),
    parentPid: count(4),
    kernelThread: (Number(field(9)) & KERNEL_THREAD_FLAG) !== 0,
    exiting: (Number(field(9)) & EXITING_FLAG) !== 0,
    cpuSeconds: (count(14) + count(15)) / TICKS_PER_SECOND,
    threads: count(20),
    startTicks: count(22),
    image: `${field(26)} ${field(28)}`,
  };
  const complete = nameStart > 0 && nameEnd > nameStart && fields.length >= 26;
  if (
    !complete ||
    !Number.isSafeInteger(stat.startTicks) ||
    Number.isNaN(stat.cpuSeconds + stat.threads + stat.parentPid)
  ) {
    throw new ReadFailure('unreadable', `not the text of a /proc/<pid>/stat: ${JSON.stringify(text.slice(0, 80))}`);
  }
  return stat;
}

/** Reads /proc/<pid>/stat of whatever process has this pid now. Throws `ReadFailure`. */
export function readProcessStat(procfsPath: string, pid: number): ProcessStat {
  return parseProcessStat(readSmallFile(`${procfsPath}/${pid}/stat`));
}

/** As `readProcessStat`, but throws `gone` when the pid is another process by now, a zombie, or dead. */
export function readLivingProcessStat({ procfsPath, pid, startTicks }: ProcessRef): ProcessStat {
  const stat = readProcessStat(procfsPath, pid);
  if (stat.startTicks !== startTicks) {
    throw new ReadFailure('gone', `process ${pid} has ended; its pid belongs to another process now`);
  }
  if (isDead(stat)) throw new ReadFailure('gone', `process ${pid} has ended, or is just ending`);
  return stat;
}

/** A process that ends has no memory any more; of a zombie only the exit code waits to be fetched. */
export function isDead(stat: ProcessStat): boolean {
  return stat.exiting || stat.state === 'Z' || stat.state === 'X' || stat.state === 'x';
}
