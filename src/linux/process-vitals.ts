import { ReadFailure } from '../model/failure.ts';
import type { ProcessRef } from '../model/target.ts';
import type { ProcessVitals } from '../model/vitals.ts';
import { countOpenFds } from './open-fds.ts';
import { readLivingProcessStat } from './process-stat.ts';
import { readProcessStatus } from './process-status.ts';

/**
 * Reads what /proc tells of any process, about 0.1 ms. Throws `gone` when the process has ended, also when its pid is
 * another process now or when it is a zombie.
 */
export function readProcessVitals(process: ProcessRef): ProcessVitals {
  const { procfsPath, pid } = process;
  const status = readProcessStatus(procfsPath, pid);
  const openFds = countOpenFds(procfsPath, pid);
  // Read last: when it is still the same process now, all the above was its own.
  const stat = readLivingProcessStat(process);
  if (status.residentBytes === undefined) {
    throw new ReadFailure('gone', `process ${pid} has given its memory back: it is about to end`);
  }
  return {
    residentBytes: status.residentBytes,
    ...(status.anonymousBytes !== undefined && { anonymousBytes: status.anonymousBytes }),
    ...(status.swappedBytes !== undefined && { swappedBytes: status.swappedBytes }),
    cpuSeconds: stat.cpuSeconds,
    threads: stat.threads,
    ...(openFds !== undefined && { openFds }),
  };
}
