import type { AssessmentSample, LimitAssessment, LimitName } from '../model/assessment.ts';

/** What grows, and how fast. */
export interface Speed {
  readonly bytesPerSecond: number;
  /** Native memory does not count in the heap. */
  readonly inHeap: boolean;
}

/**
 * Says how near each known limit is and when it is reached at this speed. `floorBytes` is what of the heap lives; what is
 * in the heap but no longer lives makes room first, so the heap's limit is reached by the floor, the others by what is
 * resident.
 */
export function assessLimits(
  sample: AssessmentSample,
  floorBytes: number | undefined,
  speed: Speed | undefined,
): LimitAssessment[] {
  const resident = sample.residentBytes;
  const list: LimitAssessment[] = [];
  const add = (limit: LimitName, bytes: number | undefined, used: number | undefined, grows: boolean) => {
    if (bytes === undefined || used === undefined) return;
    const etaSeconds =
      speed && speed.bytesPerSecond > 0 && grows ? Math.max(0, bytes - used) / speed.bytesPerSecond : undefined;
    list.push({ limit, bytes, usedRatio: used / bytes, ...(etaSeconds !== undefined && { etaSeconds }) });
  };
  // A heap with a limit of its own has claimed its memory: what grows in it reaches that limit first.
  const heapIsBound = sample.heapLimitBytes !== undefined;
  const residentGrows = speed !== undefined && !(speed.inHeap && heapIsBound);
  add('heap', sample.heapLimitBytes, floorBytes, speed?.inHeap === true);
  add('cgroup', sample.cgroupLimitBytes, sample.workingSetBytes ?? resident, residentGrows);
  add('node', sample.nodeBytes, resident, residentGrows);
  return list;
}

/** The limit that is reached first; when nothing grows, the one that is nearest. */
export function bindingLimit(limits: readonly LimitAssessment[]): LimitAssessment | undefined {
  return limits.toSorted(
    (a, b) =>
      (a.etaSeconds ?? Number.POSITIVE_INFINITY) - (b.etaSeconds ?? Number.POSITIVE_INFINITY) ||
      b.usedRatio - a.usedRatio,
  )[0];
}
