import type { LiveFloor } from '../model/vitals.ts';

/** The part of one reading that the live floor depends on. */
export interface FloorReading {
  /** Unix time. */
  readonly atSeconds: number;
  readonly usedBytes: number;
  /** Full collections since the process started; absent where the runtime does not tell. */
  readonly fullCollections?: number;
}

/** How long we wait for a full collection before the lowest use stands in for it. */
const FLOOR_WINDOW_SECONDS = 15 * 60;

/**
 * Estimates the heap in use right after the last full collection: what was used at the first reading that shows one more.
 * When none came in 15 minutes (CPython frees most objects at once and may not need one), it is the lowest use in these
 * 15 minutes. Undefined when neither is known yet. `readings` ascend by time; `pace` divides the duration.
 */
export function estimateFloor(readings: readonly FloorReading[], pace = 1): LiveFloor | undefined {
  const last = readings.at(-1);
  if (last === undefined) return undefined;
  const windowStart = last.atSeconds - FLOOR_WINDOW_SECONDS / pace;
  let lowest = last;
  for (let index = readings.length - 1; index >= 0; index--) {
    const reading = readings[index]!;
    const previous = readings[index - 1];
    if (reading.atSeconds < windowStart) return floorAt(lowest);
    if (collectedBetween(previous, reading)) return floorAt(reading);
    if (reading.usedBytes < lowest.usedBytes) lowest = reading;
    if (reading.atSeconds === windowStart) return floorAt(lowest);
  }
  return undefined;
}

function collectedBetween(previous: FloorReading | undefined, reading: FloorReading): boolean {
  if (previous?.fullCollections === undefined || reading.fullCollections === undefined) return false;
  return reading.fullCollections > previous.fullCollections;
}

function floorAt({ usedBytes, atSeconds }: FloorReading): LiveFloor {
  return { bytes: usedBytes, atSeconds };
}
