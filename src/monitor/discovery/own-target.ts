import { basename } from 'node:path';
import { readBootTime } from '../../linux/boot-time.ts';
import { readOwnPid } from '../../linux/process-list.ts';
import { readProcessStat, TICKS_PER_SECOND } from '../../linux/process-stat.ts';
import { ReadFailure } from '../../model/failure.ts';
import type { Detection, Target } from '../../model/target.ts';
import { readProcessIdentity } from './process-identity.ts';

/** This very process, and whether /proc tells of it. */
export interface OwnTarget {
  readonly target: Target;
  /** False on systems without /proc, and when it is that of a pid namespace which we are not in. */
  readonly hasProcfs: boolean;
}

/** Finds out who we are ourselves. */
export function findOwnTarget(detection: Detection, procfsPath = '/proc'): OwnTarget {
  const command = basename(process.execPath);
  try {
    const pid = readOwnPid(procfsPath);
    if (pid !== undefined) {
      const { startTicks } = readProcessStat(procfsPath, pid);
      const ref = { pid, startTicks, procfsPath };
      const { serviceName, container } = readProcessIdentity(ref, command);
      const startTimeSeconds = readBootTime(procfsPath) + startTicks / TICKS_PER_SECOND;
      const identity = { serviceName, command, ...(container && { container }) };
      return { target: { ...detection, ...identity, process: ref, startTimeSeconds }, hasProcfs: true };
    }
  } catch (error) {
    if (!(error instanceof ReadFailure)) throw error;
  }
  const ref = { pid: process.pid, startTicks: 0, procfsPath };
  const startTimeSeconds = Date.now() / 1000 - process.uptime();
  const serviceName = process.env.OTEL_SERVICE_NAME || basename(process.argv[1] ?? '') || command;
  return { target: { ...detection, process: ref, startTimeSeconds, serviceName, command }, hasProcfs: false };
}
