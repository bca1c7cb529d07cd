import type { FloorReading } from '../analysis/floor.ts';
import type { Vitals } from '../model/vitals.ts';

/** One moment of a target's past: the few numbers that analysis looks back on, not all vitals, as there are many. */
export interface HistoryPoint extends FloorReading {
  readonly residentBytes: number;
  readonly cpuSeconds: number;
}

/** A bounded window of a target's past, ascending by time. */
export interface History {
  /** Vitals without a heap in use are no point. */
  add(vitals: Vitals): void;
  points(): readonly HistoryPoint[];
}

/** Holds whatever the pace: a round is never shorter than a 240th of the window, but clocks are set. */
const MOST_POINTS = 1000;

export function createHistory(windowSeconds: number): History {
  let points: HistoryPoint[] = [];
  return {
    add(vitals) {
      const point = historyPoint(vitals);
      if (point === undefined) return;
      const oldest = Math.max(0, points.length + 1 - MOST_POINTS);
      // A clock that was set back would leave points in the future, for ever the newest.
      points = points.filter(
        ({ atSeconds }, index) =>
          index >= oldest && atSeconds >= point.atSeconds - windowSeconds && atSeconds < point.atSeconds,
      );
      points.push(point);
    },
    points: () => points,
  };
}

function historyPoint({ atSeconds, heap, process }: Vitals): HistoryPoint | undefined {
  if (heap?.usedBytes === undefined) return undefined;
  const full = heap.gc.filter((gc) => gc.full);
  return {
    atSeconds,
    usedBytes: heap.usedBytes,
    ...(full.length > 0 && { fullCollections: full.reduce((sum, { collections }) => sum + collections, 0) }),
    residentBytes: process.residentBytes,
    cpuSeconds: process.cpuSeconds,
  };
}
