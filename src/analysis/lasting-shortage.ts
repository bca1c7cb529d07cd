import type { AssessmentSample } from '../model/assessment.ts';
import type { Shortage } from './shortage.ts';
import { overflow } from './thresholds.ts';

/** Tells spikes that reach a limit from memory that is always near it. */
export interface LastingShortage {
  /** `shortage` is what was found of this sample. Answers whether memory was short again and again for half an hour. */
  add(sample: AssessmentSample, shortage: Shortage | undefined): boolean;
}

export function createLastingShortage(pace: number): LastingShortage {
  let sinceSeconds: number | undefined;
  let seenSeconds = Number.NEGATIVE_INFINITY;
  return {
    add({ atSeconds, heapLimitBytes, heapLiveBytes }, shortage) {
      if (shortage !== undefined) {
        if (atSeconds - seenSeconds > overflow.gcSeconds / pace) sinceSeconds = undefined;
        sinceSeconds ??= atSeconds;
        seenSeconds = atSeconds;
      } else if (heapLimitBytes === undefined || heapLiveBytes !== undefined) {
        // Of a heap with a limit only a new floor tells that there is room.
        sinceSeconds = undefined;
      }
      return sinceSeconds !== undefined && atSeconds - sinceSeconds >= overflow.lastingSeconds / pace;
    },
  };
}
