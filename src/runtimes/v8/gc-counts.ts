import type { GcVitals } from '../../model/vitals.ts';

/** Collections of one heap since it was made. */
export interface GcCounts {
  /** Another heap may stand where one has ended. */
  readonly isolate: number;
  readonly minor: number;
  readonly major: number;
}

/**
 * Adds up the collections of all isolates, and keeps the sums from falling when a worker ends and takes its own with it: what
 * was last seen of it is carried on. A count that has gone back is that of a new isolate in the place of an old one.
 */
export function createGcSum() {
  let last: readonly GcCounts[] = [];
  let ended = { minor: 0, major: 0 };

  return (current: readonly GcCounts[]): GcVitals[] => {
    for (const before of last) {
      const now = current.find(({ isolate }) => isolate === before.isolate);
      if (now === undefined || now.minor < before.minor || now.major < before.major) ended = add(ended, before);
    }
    last = current;
    const { minor, major } = current.reduce(add, ended);
    return [
      { gc: 'minor', collections: minor, full: false },
      { gc: 'major', collections: major, full: true },
    ];
  };
}

function add(sum: { minor: number; major: number }, { minor, major }: { minor: number; major: number }) {
  return { minor: sum.minor + minor, major: sum.major + major };
}
