import { pageSize } from '../../memory/pagemap.ts';
import type { PerfData } from './perf-data-source.ts';

/** The parts of a Java heap, bytes by the space's name: eden, survivor, old; young where ZGC does not divide it. */
export interface HeapSpaces {
  readonly used: Readonly<Record<string, number>>;
  readonly committed: Readonly<Record<string, number>>;
  /** The size that the heap cannot exceed, where its parts tell it exactly. */
  readonly limitBytes?: number;
}

const generations = [0, 1];
const mostSpaces = 3;
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
  for (const generation of generations) {
    for (let index = 0; index < mostSpaces; index++) {
      const prefix = `sun.gc.generation.${generation}.space.${index}.`;
      const usedBytes = data.number(`${prefix}used`);
      if (usedBytes === undefined) continue;
      const space = spaceNames.get(data.text(`${prefix}name`) ?? '') ?? (generation === 0 ? 'young' : 'old');
      used[space] = (used[space] ?? 0) + usedBytes;
      const capacity = data.number(`${prefix}capacity`);
      if (capacity !== undefined) committed[space] = (committed[space] ?? 0) + wholePages(capacity);
    }
  }
  const limitBytes = readLimit(data);
  return { used, committed, ...(limitBytes !== undefined && { limitBytes }) };
}

/** Where the generations have fixed borders each has its own limit; else each may grow to the whole. */
function readLimit(data: PerfData): number | undefined {
  const [young = 0, old = 0] = generations.map((index) => data.number(`sun.gc.generation.${index}.maxCapacity`));
  const hasBorders = /:/.test(data.text('sun.gc.policy.name') ?? ''); // Copy:MSC, ParScav:MSC, ParNew:CMS
  const limit = wholePages(hasBorders ? young + old : old);
  return limit > 0 ? limit : undefined;
}

function wholePages(bytes: number): number {
  return bytes - (bytes % pageSize);
}
