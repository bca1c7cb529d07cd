import type { AssessmentSample, LimitAssessment, LimitName } from '../model/assessment.ts';

/** How fast memory grows, and where; bytes per second. */
export interface Speed {
  readonly heap: number;
  /** All that is outside the heap, metaspace and direct buffers included. */
  readonly outside: number;
  readonly metaspace?: number;
  readonly direct?: DirectGrowth;
}

/** What direct buffers take is not known: only what they gained since they were seen to grow. */
export interface DirectGrowth {
  readonly bytesPerSecond: number;
  readonly gainedBytes: number;
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
  const add = (limit: LimitName, bytes: number | undefined, used: number | undefined, perSecond = 0) => {
    if (bytes === undefined || used === undefined) return;
    list.push({ limit, bytes, usedRatio: used / bytes, ...timeUntil(bytes - used, perSecond) });
  };
  // A heap with a limit of its own has claimed its memory: what grows in it reaches that limit first.
  const heapIsBound = sample.heapLimitBytes !== undefined;
  const residentSpeed = speed && speed.outside + (heapIsBound ? 0 : speed.heap);
  add('heap', sample.heapLimitBytes, floorBytes, speed?.heap);
  add('metaspace', sample.metaspaceLimitBytes, sample.metaspaceBytes, speed?.metaspace);
  list.push(...assessDirect(sample.directLimitBytes, speed?.direct));
  add('cgroup', sample.cgroupLimitBytes, sample.workingSetBytes ?? resident, residentSpeed);
  add('node', sample.nodeBytes, resident, residentSpeed);
  return list;
}

function assessDirect(bytes: number | undefined, growth: DirectGrowth | undefined): LimitAssessment[] {
  if (bytes === undefined) return [];
  return [{ limit: 'direct', bytes, ...(growth && timeUntil(bytes - growth.gainedBytes, growth.bytesPerSecond)) }];
}

function timeUntil(leftBytes: number, perSecond: number): { etaSeconds?: number } {
  return perSecond > 0 ? { etaSeconds: Math.max(0, leftBytes) / perSecond } : {};
}

/** The limit that is reached first; when nothing grows, the one that is nearest. */
export function bindingLimit(limits: readonly LimitAssessment[]): LimitAssessment | undefined {
  return limits.toSorted(
    (a, b) =>
      (a.etaSeconds ?? Number.POSITIVE_INFINITY) - (b.etaSeconds ?? Number.POSITIVE_INFINITY) ||
      (b.usedRatio ?? 0) - (a.usedRatio ?? 0),
  )[0];
}
