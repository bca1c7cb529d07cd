import { readProcessStat } from '../../src/linux/process-stat.ts';
import type { ProcessRef } from '../../src/model/target.ts';

/** What identifies the process that has this pid now. */
export function refOf(pid: number): ProcessRef {
  return { pid, startTicks: readProcessStat('/proc', pid).startTicks, procfsPath: '/proc' };
}
