import type { GcVitals } from '../../../model/vitals.ts';

/** Collections of one heap since it was made. */
export interface GcCounts {
  /** The isolate's number, which no other one of the process gets. */
  readonly isolate: number;
  readonly minor: number;
  readonly major: number;
}

type Counts = Pick<GcCounts, 'minor' | 'major'>;

/** A heap that is being changed may not be seen for a reading or two, and comes back. */
const mostMissing = 64;

/**
 * Adds up the collections of all isolates, and keeps the sums from falling when a worker ends and takes its own with it: what
 * was last seen of it is carried on.
 */
export function createGcSum() {
  /** Least recently seen first. */
  const known = new Map<number, Counts>();
  let ended: Counts = { minor: 0, major: 0 };

  return (current: readonly GcCounts[]): GcVitals[] => {
    for (const { isolate, minor, major } of current) {
      const before = known.get(isolate);
      known.delete(isolate);
      // V8 counts a major collection twice: among all when it begins, which makes it look like a minor one, and later as major.
      known.set(isolate, { minor: Math.max(minor, before?.minor ?? 0), major: Math.max(major, before?.major ?? 0) });
    }
    for (const [isolate, counts] of known) {
      if (known.size <= current.length + mostMissing) break;
      known.delete(isolate);
      ended = add(ended, counts);
    }
    const { minor, major } = [...known.values()].reduce(add, ended);
    return [
      { gc: 'minor', collections: minor, full: false },
      { gc: 'major', collections: major, full: true },
    ];
  };
}

function add(sum: Counts, { minor, major }: Counts): Counts {
  return { minor: sum.minor + minor, major: sum.major + major };
}
