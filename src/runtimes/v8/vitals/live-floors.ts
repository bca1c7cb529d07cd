import type { LiveFloor } from '../../../model/vitals.ts';
import type { IsolateVitals } from './heap-vitals.ts';

type LastFull = NonNullable<IsolateVitals['lastFull']>;

/**
 * Keeps what each heap had in use after its last full collection, by the clock that people use. In the middle of the next
 * one it is still the last that was seen.
 */
export function createLiveFloors() {
  let known = new Map<number, { lastFull: LastFull; floor: LiveFloor }>();

  return (heaps: ReadonlyMap<number, IsolateVitals>): ReadonlyMap<number, LiveFloor> => {
    const now = new Map<number, { lastFull: LastFull; floor: LiveFloor }>();
    for (const [isolate, { lastFull }] of heaps) {
      const before = known.get(isolate);
      // Converted once: the two clocks drift, and the same collection shall keep its time.
      const isNew = lastFull && lastFull.endSeconds !== before?.lastFull.endSeconds;
      const entry = isNew ? { lastFull, floor: toFloor(lastFull) } : before;
      if (entry !== undefined) now.set(isolate, entry);
    }
    known = now;
    return new Map([...now].map(([isolate, { floor }]) => [isolate, floor]));
  };
}

function toFloor({ oldBytes, endSeconds }: LastFull): LiveFloor {
  const [seconds, nanoseconds] = process.hrtime(); // CLOCK_MONOTONIC, as V8 reads it
  return { bytes: oldBytes, atSeconds: Date.now() / 1000 - (seconds + nanoseconds / 1e9 - endSeconds) };
}
