import type { AssessmentSample, Cause } from '../model/assessment.ts';
import type { Past } from './growth/past.ts';
import { overflow } from './thresholds.ts';

/** Memory that is too small for what it holds just now. */
export interface Shortage {
  readonly cause: Extract<Cause, 'undersized' | 'burst'>;
  readonly floorRatio?: number;
  readonly residentRatio?: number;
  readonly gcShare?: number;
  /** Heap limit and what is outside the heap, as a share of the cgroup's limit; when it is more than that. */
  readonly claimedRatio?: number;
}

/** Undefined when there is room. `gcShare` is that of the last quarter of an hour. */
export function findShortage(
  past: Past,
  sample: AssessmentSample,
  gcShare: number | undefined,
  pace: number,
): Shortage | undefined {
  const { heapLimitBytes, cgroupLimitBytes, residentBytes } = sample;
  const floorRatio = heapLimitBytes && past.floorBytes !== undefined ? past.floorBytes / heapLimitBytes : undefined;
  const residentRatio = cgroupLimitBytes ? residentBytes / cgroupLimitBytes : undefined;
  const floorIsHigh =
    floorRatio !== undefined && sample.heapLiveBytes !== undefined && floorRatio >= overflow.floorRatio;
  const residentIsHigh = residentRatio !== undefined && residentRatio >= overflow.residentRatio;
  const collects = (gcShare ?? 0) >= overflow.gcShare && (floorRatio ?? 0) >= overflow.gcFloorRatio;
  const isSettled = past.lastSeconds - past.firstSeconds >= overflow.claimedSeconds / pace;
  const claimed = isSettled ? claimedRatio(sample, past.nativeBytes ?? 0) : 0;
  const claims = claimed > overflow.claimedRatio && (residentRatio ?? 0) >= overflow.claimedResidentRatio;
  if (!floorIsHigh && !residentIsHigh && !collects && !claims) return undefined;
  return {
    cause: collects || claims ? 'undersized' : 'burst',
    ...(claims && { claimedRatio: claimed }),
    ...(floorRatio !== undefined && { floorRatio }),
    ...(residentRatio !== undefined && { residentRatio }),
    ...(gcShare !== undefined && { gcShare }),
  };
}

/**
 * The heap's limit and what is outside the heap as a share of what the container may have: over 1 the heap cannot grow to
 * its limit. 0 where it is not known.
 */
export function claimedRatio({ heapLimitBytes, cgroupLimitBytes }: AssessmentSample, nativeBytes: number): number {
  return heapLimitBytes && cgroupLimitBytes ? (heapLimitBytes + nativeBytes) / cgroupLimitBytes : 0;
}
