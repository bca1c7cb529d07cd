import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from '../../src/monitor/clock.ts';

/** A clock that stands still between calls of `advance`. */
export interface FakeClock extends Clock {
  /** Lets time pass, runs what falls due, one after the other, and waits for what that sets off. */
  advance(seconds: number): Promise<void>;
  /** Time passes in the middle of a piece of work, as it does when that takes long. */
  spend(seconds: number): void;
  readonly pending: number;
}

export function createFakeClock(startSeconds = 1_700_000_000): FakeClock {
  let elapsed = 0;
  let timers: { atSeconds: number; run: () => void }[] = [];
  return {
    nowSeconds: () => startSeconds + elapsed,
    elapsedSeconds: () => elapsed,
    after(seconds, run) {
      const timer = { atSeconds: elapsed + seconds, run };
      timers.push(timer);
      return () => {
        timers = timers.filter((candidate) => candidate !== timer);
      };
    },
    async advance(seconds) {
      const end = elapsed + seconds;
      for (;;) {
        // A round that yields to others takes a few turns.
        for (let turn = 0; turn < 5; turn++) await nextTurn();
        const next = timers.toSorted((a, b) => a.atSeconds - b.atSeconds)[0];
        if (next === undefined || next.atSeconds > end) break;
        timers = timers.filter((timer) => timer !== next);
        elapsed = Math.max(elapsed, next.atSeconds);
        next.run();
      }
      elapsed = Math.max(elapsed, end);
    },
    spend(seconds) {
      elapsed += seconds;
    },
    get pending() {
      return timers.length;
    },
  };
}
