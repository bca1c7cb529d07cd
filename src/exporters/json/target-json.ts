import { memoryLimits } from '../../metrics/limits.ts';
import type { TargetHistory } from '../../model/history.ts';
import type { Snapshot, TargetSnapshot } from '../../model/snapshot.ts';
import type { ProcessRef } from '../../model/target.ts';
import { snakeCased } from './snake-case.ts';

/** What a target is called in the API: its pid and start time, as pids are reused. */
export function targetId({ pid, startTicks }: Pick<ProcessRef, 'pid' | 'startTicks'>): string {
  return `${pid}-${startTicks}`;
}

/** All targets in short, and what was seen but is not watched: the schema `targets`. */
export function targetsJson(snapshot: Snapshot): object {
  const { takenAtSeconds, discoveryFailure, droppedSeries } = snapshot;
  const skipped = discoveryFailure === undefined ? snapshot.skipped : undefined;
  return snakeCased({
    takenAtSeconds,
    discoveryFailure,
    targets: snapshot.targets.map(summary),
    skipped,
    droppedSeries,
  });
}

/** All that is known of one target: the schema `target`. */
export function targetJson(target: TargetSnapshot, snapshot: Snapshot, history: TargetHistory | undefined): object {
  const { vitals, liveFloor, assessment, census, censusFailure, censusIntervalSeconds, censusResults, exportedTypes } =
    target;
  return snakeCased({
    ...identity(target),
    vitals,
    liveFloor,
    assessment,
    limits: memoryLimits(target, snapshot).map(({ limit, bytes, used }) => ({
      limit,
      bytes,
      usedBytes: used,
      usedRatio: used === undefined ? undefined : used / bytes,
    })),
    census: census && {
      takenAtSeconds: census.takenAtSeconds,
      durationSeconds: census.durationSeconds,
      intervalSeconds: censusIntervalSeconds,
      objects: census.objects,
      bytes: census.bytes,
      typeCount: census.types.length,
      ...census.quality,
    },
    censusFailure,
    censusResults,
    types: exportedTypes,
    history,
  });
}

function summary(snapshot: TargetSnapshot) {
  const { vitals, liveFloor, assessment, census } = snapshot;
  return {
    ...identity(snapshot),
    residentBytes: vitals?.process.residentBytes,
    heapUsedBytes: vitals?.heap?.usedBytes,
    heapLiveBytes: liveFloor?.bytes,
    verdict: assessment?.verdict,
    cause: assessment?.cause,
    objects: census?.objects,
    censusTakenAtSeconds: census?.takenAtSeconds,
  };
}

function identity({ target, up, failure }: TargetSnapshot) {
  const { process, serviceName, runtime, version, command, startTimeSeconds, container } = target;
  return {
    id: targetId(process),
    pid: process.pid,
    startTimeSeconds,
    serviceName,
    runtime,
    version,
    command,
    container,
    up,
    failure,
  };
}
