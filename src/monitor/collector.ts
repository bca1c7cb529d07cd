import { ReadFailure } from '../model/failure.ts';
import type { CollectorStats } from '../model/snapshot.ts';

/** Keeps account of one part of our own work. */
export interface Collector {
  /** Tells the duration of one run. */
  ran(durationSeconds: number): void;
  failed(error: unknown): void;
  stats(): CollectorStats;
}

export function createCollector(collector: string): Collector {
  let durationSeconds: number | undefined;
  const errors: Record<string, number> = {};
  return {
    ran(seconds) {
      durationSeconds = seconds;
    },
    failed(error) {
      // Anything that is not a ReadFailure is a bug of ours, and shall be seen as one.
      const reason = error instanceof ReadFailure ? error.kind : 'internal';
      errors[reason] = (errors[reason] ?? 0) + 1;
    },
    stats: () => ({ collector, ...(durationSeconds !== undefined && { durationSeconds }), errors: { ...errors } }),
  };
}
