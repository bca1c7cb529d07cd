import type { AssessmentSample, Cause } from '../model/assessment.ts';
import type { Past } from './past.ts';
import { overflow } from './thresholds.ts';

/** Memory that is too small for what it holds just now. */
export interface Shortage {
  readonly cause: Extract<Cause, 'undersized' | 'burst'>;
  readonly floorRatio?: number;
  readonly residentRatio?: number;
  readonly gcShare?: number;
}

/** Undefined when there is room. `gcShare` is that of the last quarter of an hour. */
export function findShortage(past: Past, sample: AssessmentSample, gcShare: number | undefined): Shortage | undefined {
  const { heapLimitBytes, cgroupLimitBytes, residentBytes } = sample;
  const floorRatio = heapLimitBytes && past.floorBytes !== undefined ? past.floorBytes / heapLimitBytes : undefined;
  const residentRatio = cgroupLimitBytes ? residentBytes / cgroupLimitBytes : undefined;
  const floorIsHigh =
    floorRatio !== undefined && sample.heapLiveBytes !== undefined && floorRatio >= overflow.floorRatio;
  const residentIsHigh = residentRatio !== undefined && residentRatio >= overflow.residentRatio;
  const collects = (gcShare ?? 0) >= overflow.gcShare && (floorRatio ?? 0) >= overflow.gcFloorRatio;
  if (!floorIsHigh && !residentIsHigh && !collects) return undefined;
  return {
    cause: collects ? 'undersized' : 'burst',
    ...(floorRatio !== undefined && { floorRatio }),
    ...(residentRatio !== undefined && { residentRatio }),
    ...(gcShare !== undefined && { gcShare }),
  };
}
