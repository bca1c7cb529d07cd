import type { HistoryCensus, HistoryReading, TargetHistory } from '../../model/history.ts';
import type { Vitals } from '../../model/vitals.ts';
import type { Shortage } from '../own-memory.ts';
import { createCensusStore } from './census-store.ts';
import { createReadingQueue } from './reading-queue.ts';
import { createThinnedWindow, type Tier } from './thinned-window.ts';

const HOUR = 3600;

/** All of 20 minutes: a little more than the live floor needs. `most` is more than a tier holds when clocks go right. */
const READING_TIERS: readonly Tier[] = [
  { seconds: HOUR / 3, stepSeconds: 0, most: 260 },
  { seconds: 6 * HOUR, stepSeconds: 30, most: 720 },
  { seconds: 24 * HOUR, stepSeconds: 120, most: 560 },
];

/** A census is some fifty types: ten times as large as a reading, and kept a tenth as often. */
const CENSUS_TIERS: readonly Tier[] = [
  { seconds: HOUR / 3, stepSeconds: 0, most: 44 },
  { seconds: 6 * HOUR, stepSeconds: 300, most: 72 },
  { seconds: 24 * HOUR, stepSeconds: 1800, most: 40 },
];

const KEPT_TIERS: Readonly<Record<Shortage, number>> = { none: 3, scarce: 2, critical: 1 };

/** A target's past: a day in numbers, see docs/state.md for what that costs. */
export interface History {
  addReading(reading: HistoryReading): void;
  addCensus(census: HistoryCensus): void;
  all(): TargetHistory;
  /** A day unless told otherwise; when memory is short 6 hours or 20 minutes. What is older is let go. */
  keepAs(shortage: Shortage): void;
  /** Puts back what was kept of the same process, before anything is added. */
  restore(saved: TargetHistory): void;
}

/** `pace` divides every duration. */
export function createHistory(pace: number): History {
  const readings = createThinnedWindow(paced(READING_TIERS, pace), createReadingQueue, hasFloor);
  const censuses = createThinnedWindow(paced(CENSUS_TIERS, pace), createCensusStore);
  return {
    addReading: readings.add,
    addCensus: censuses.add,
    all: () => ({ readings: readings.items(), censuses: censuses.items() }),
    keepAs(shortage) {
      for (const window of [readings, censuses]) window.keepTiers(KEPT_TIERS[shortage]);
    },
    restore(saved) {
      for (const reading of saved.readings) readings.add(reading);
      for (const census of saved.censuses) censuses.add(census);
    },
  };
}

/** The few numbers that are kept of all vitals, as there are many of them. */
export function readingOf({ atSeconds, heap, process, cgroup }: Vitals): HistoryReading {
  const full = heap?.gc.filter((gc) => gc.full) ?? [];
  return {
    atSeconds,
    ...(heap?.usedBytes !== undefined && { heapUsedBytes: heap.usedBytes }),
    residentBytes: process.residentBytes,
    ...(cgroup && { workingSetBytes: cgroup.workingSetBytes }),
    cpuSeconds: process.cpuSeconds,
    ...(full.length > 0 && { fullCollections: full.reduce((sum, { collections }) => sum + collections, 0) }),
    ...(process.openFds !== undefined && { openFds: process.openFds }),
    ...(process.threads !== undefined && { threads: process.threads }),
  };
}

function hasFloor({ heapLiveBytes }: HistoryReading): boolean {
  return heapLiveBytes !== undefined;
}

function paced(tiers: readonly Tier[], pace: number): Tier[] {
  return tiers.map(({ seconds, stepSeconds, most }) => ({
    seconds: seconds / pace,
    stepSeconds: stepSeconds / pace,
    most,
  }));
}
