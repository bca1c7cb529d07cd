import type { HistorySource } from '../model/history.ts';
import type { Snapshot, SnapshotSource } from '../model/snapshot.ts';
import { type Clock, systemClock } from './clock.ts';
import { createRounds, type RoundsOptions } from './rounds.ts';
import { BUDGET, pacedTimes } from './times.ts';

export interface MonitorOptions extends Omit<RoundsOptions, 'pace' | 'clock' | 'changed'> {
  /** Divides every duration; 1 but for tests. */
  readonly pace?: number;
  readonly clock?: Clock;
}

/** Watches all targets; the only part of heapwatch that has a timer. */
export interface Monitor extends SnapshotSource, HistorySource {
  /** Resolves when the first snapshot is there; called again, it answers the same. */
  start(): Promise<void>;
  /** Idempotent. */
  close(): Promise<void>;
}

const NOTHING_SEEN: Snapshot = {
  takenAtSeconds: 0,
  targets: [],
  skipped: { denied: 0, excluded: 0, too_young: 0, over_bound: 0, opted_out: 0 },
  deaths: [],
  collectors: [],
};

/** Creates a monitor that does nothing until `start`. */
export function createMonitor(options: MonitorOptions): Monitor {
  const { pace = 1, clock = systemClock, logger } = options;
  const times = pacedTimes(pace);
  const rounds = createRounds({ ...options, pace, clock, changed });
  let snapshot = NOTHING_SEEN;
  /** Snapshots are made when someone looks: between two scrapes there may be hundreds of censuses. */
  let isStale = false;
  let started: Promise<void> | undefined;
  let closed = false;
  let cancelTimer = () => {};

  function changed(): void {
    isStale = !closed;
  }

  function latest(): Snapshot {
    if (!isStale) return snapshot;
    isStale = false;
    try {
      snapshot = rounds.snapshot();
    } catch (error) {
      logger.error({ err: error }, 'making a snapshot failed');
    }
    return snapshot;
  }

  async function round(): Promise<void> {
    let costSeconds = 0;
    try {
      costSeconds = await rounds.run();
      changed();
      rounds.startCensus();
    } catch (error) {
      // Rounds turn failures into data themselves: this is a bug, and the next round may still be of use.
      logger.error({ err: error }, 'a round of readings failed');
    }
    if (closed) return;
    const affordable = Math.min(costSeconds / BUDGET.vitals / pace, times.longestRoundSeconds);
    cancelTimer = clock.after(Math.max(times.roundSeconds, affordable), () => void round());
  }

  return {
    latest,
    history: rounds.history,
    start() {
      started ??= closed ? Promise.resolve() : round();
      return started;
    },
    async close() {
      latest();
      closed = true;
      cancelTimer();
      await rounds.close();
    },
  };
}
