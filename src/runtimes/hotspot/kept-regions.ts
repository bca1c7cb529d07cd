import type { ProcessMemory } from '../../memory/process-memory.ts';
import type { ClassTally, PartCounts } from './class-tally.ts';
import type { GcCounts } from './gc-watch.ts';

/** A part of the old heap that was counted: from an address, which is its key, to the end of its last object. */
interface KeptPart {
  readonly end: number;
  readonly sample: number;
  readonly counts: PartCounts;
}

const samples = 4;
const sampleBytes = 64;

/**
 * What was counted in parts of the old heap, for the next census: objects there stay where they are until a full
 * collection moves them all, a concurrent cycle finds some to be dead, or G1 empties their region.
 */
export class KeptRegions {
  /** Counts of all parts together. */
  rows = 0;
  readonly #tally: ClassTally;
  readonly #gc: GcCounts;
  readonly #parts = new Map<number, KeptPart>();

  /** `tally` is that of the census which finds the parts, `gc` what it knows of collections as it begins. */
  constructor(tally: ClassTally, gc: GcCounts) {
    this.#tally = tally;
    this.#gc = gc;
  }

  keep(memory: ProcessMemory, start: number, end: number, counts: PartCounts): void {
    this.rows += counts.ids.length;
    this.#parts.set(start, { end, sample: sampleOf(memory, start, end), counts });
  }

  /**
   * Opens what an earlier census kept for one that knows `gc` of collections and counts in `tally`. The answer gives the
   * end of the part that begins at an address and what is in it; undefined where that has to be counted anew.
   */
  reader(memory: ProcessMemory, tally: ClassTally, gc: GcCounts) {
    const isOld = gc.full !== this.#gc.full || gc.concurrent !== this.#gc.concurrent;
    const ids = isOld ? new Int32Array() : tally.idsOf(this.#tally);
    return (start: number, top: number): { end: number; counts: PartCounts } | undefined => {
      const part = isOld ? undefined : this.#parts.get(start);
      if (part === undefined || part.end > top) return undefined;
      const counts = { ...part.counts, ids: part.counts.ids.map((id) => ids[id]!) };
      if (counts.ids.includes(0)) return undefined;
      if (gc.begun !== this.#gc.begun && sampleOf(memory, start, part.end) !== part.sample) return undefined;
      return { end: part.end, counts };
    };
  }
}

/** A number that another content of the same place is very unlikely to have. */
function sampleOf(memory: ProcessMemory, start: number, end: number): number {
  const bytes = Buffer.alloc(samples * sampleBytes);
  const step = (end - start - sampleBytes) / (samples - 1);
  for (let index = 0; index < samples; index++) {
    memory.read(start + Math.max(0, Math.floor(index * step)), bytes, index * sampleBytes, sampleBytes);
  }
  let [one, other] = [0x811c9dc5, 0x1000193];
  for (let at = 0; at < bytes.length; at += 4) {
    const word = bytes.readInt32LE(at);
    one = Math.imul(one ^ word, 0x01000193);
    other = Math.imul(other ^ (word >>> 7), 0x85ebca6b);
  }
  return (one >>> 0) * 2 ** 20 + (other & 0xfffff);
}
