import { pageSize } from '../../../memory/pagemap.ts';
import type { PerfData } from '../perf-data/perf-data-source.ts';

/** The parts of a Java heap, bytes by the space's name: eden, survivor, old; young where ZGC does not divide it. */
export interface HeapSpaces {
  readonly used: Readonly<Record<string, number>>;
  readonly committed: Readonly<Record<string, number>>;
  /** The size that the heap cannot exceed, where its parts tell it exactly. */
  readonly limitBytes?: number;
}

/** Of three spaces in each of two generations, what it is called, its use and its capacity. */
const places = [0, 1].flatMap((generation) =>
  [0, 1, 2].map((space) => {
    const prefix = `sun.gc.generation.${generation}.space.${space}.`;
    const otherwise = generation === 0 ? 'young' : 'old';
    return { name: `${prefix}name`, used: `${prefix}used`, capacity: `${prefix}capacity`, otherwise };
  }),
);
/** HotSpot's names; those of the only space of a generation say nothing. */
const spaceNames = new Map([
  ['eden', 'eden'],
  ['s0', 'survivor'],
  ['s1', 'survivor'],
]);

/**
 * Reads the spaces that the performance data tell. Up to JDK 17 G1 adds 8 bytes to each of its capacities, so that none is
 * 0; all are whole pages, so that the rest of a page is left out.
 */
export function readHeapSpaces(data: PerfData): HeapSpaces {
  const used: Record<string, number> = {};
  const committed: Record<string, number> = {};
  for (const place of places) {
    const usedBytes = data.number(place.used);
    if (usedBytes === undefined) continue;
    const space = spaceNames.get(data.text(place.name) ?? '') ?? place.otherwise;
    used[space] = (used[space] ?? 0) + usedBytes;
    const capacity = data.number(place.capacity);
    if (capacity !== undefined) committed[space] = (committed[space] ?? 0) + wholePages(capacity);
  }
  const limitBytes = readLimit(data);
  return { used, committed, ...(limitBytes !== undefined && { limitBytes }) };
}

/** Where the generations have fixed borders each has its own limit; else each may grow to the whole. */
function readLimit(data: PerfData): number | undefined {
  const young = data.number('sun.gc.generation.0.maxCapacity') ?? 0;
  const old = data.number('sun.gc.generation.1.maxCapacity') ?? 0;
  const hasBorders = data.text('sun.gc.policy.name')?.includes(':'); // Copy:MSC, ParScav:MSC, ParNew:CMS
  const limit = wholePages(hasBorders ? young + old : old);
  return limit > 0 ? limit : undefined;
}

function wholePages(bytes: number): number {
  return bytes - (bytes % pageSize);
}
