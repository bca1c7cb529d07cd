import { type MemoryLimit, memoryLimits } from '../../metrics/limits.ts';
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
    targets: snapshot.targets.map((target) => summary(target, snapshot)),
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
    limits: memoryLimits(target, snapshot).map(limitOf),
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

/** Types that a line of a list has room for. */
const MOST = 3;

function summary(target: TargetSnapshot, snapshot: Snapshot) {
  const { vitals, liveFloor, assessment, census, exportedTypes } = target;
  const nearest = nearestLimit(target, snapshot);
  return {
    ...identity(target),
    residentBytes: vitals?.process.residentBytes,
    heapUsedBytes: vitals?.heap?.usedBytes,
    heapLiveBytes: liveFloor?.bytes,
    nearestLimit: nearest && limitOf(nearest),
    verdict: assessment?.verdict,
    cause: assessment?.cause,
    suspects: assessment?.suspects.map(({ type }) => type),
    oomEtaSeconds: assessment?.oomEtaSeconds,
    objects: census?.objects,
    mostObjects: exportedTypes
      .filter(({ type }) => type !== '(other)')
      .toSorted((a, b) => b.count - a.count)
      .slice(0, MOST),
    censusTakenAtSeconds: census?.takenAtSeconds,
  };
}

/** The limit that the verdict reckons with, else that of which the most is used. */
function nearestLimit(target: TargetSnapshot, snapshot: Snapshot): MemoryLimit | undefined {
  const limits = memoryLimits(target, snapshot);
  const usedRatio = ({ used = 0, bytes }: MemoryLimit) => used / bytes;
  return (
    limits.find(({ limit }) => limit === target.assessment?.bindingLimit) ??
    limits.toSorted((a, b) => usedRatio(b) - usedRatio(a))[0]
  );
}

function limitOf({ limit, bytes, used }: MemoryLimit) {
  return { limit, bytes, usedBytes: used, usedRatio: used === undefined ? undefined : used / bytes };
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
