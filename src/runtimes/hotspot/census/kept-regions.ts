import type { ProcessMemory } from '../../../memory/process-memory.ts';
import type { HeapArea } from '../heaps/heap-area.ts';
import type { ClassTally, PartCounts } from './class-tally.ts';
import type { GcCounts } from './gc-watch.ts';
import type { KnownClasses } from './known-classes.ts';

/** A part of the old heap that was counted: from an address, which is its key, to the end of its last object. */
export interface KeptPart {
  readonly end: number;
  /** See `sampleOf`. */
  readonly sample: number;
  readonly counts: PartCounts;
}

/** What is counted beyond is not kept: a heap of 100,000 regions with objects of 20 classes in each. */
const mostBytes = 2 ** 26;
/** What a part takes beside its counts, as measured. */
const bytesOfPart = 500;

const samples = 8;
const sampleBytes = 64;
const sampled = Buffer.alloc(samples * sampleBytes);

/**
 * What was counted in parts of the old heap, for the next census: objects there stay where they are until a full
 * collection moves them all, a concurrent cycle finds some to be dead, or G1 empties their region.
 */
export class KeptRegions {
  readonly #classes: KnownClasses;
  readonly #gc: GcCounts;
  readonly #parts = new Map<number, KeptPart>();
  #partBytes = 0;

  /** `classes` are those of the census which finds the parts, `gc` what it knows of collections as it begins. */
  constructor(classes: KnownClasses, gc: GcCounts) {
    this.#classes = classes;
    this.#gc = gc;
  }

  /** What it takes, roughly. */
  get bytes(): number {
    return this.#partBytes + this.#classes.bytes;
  }

  keep(start: number, part: KeptPart): void {
    if (this.bytes >= mostBytes) return;
    this.#partBytes += part.counts.byteLength + bytesOfPart;
    this.#parts.set(start, part);
  }

  /**
   * Opens what an earlier census kept for one that knows `gc` of collections and counts in `tally`. The answer gives what
   * is in the part that begins at an address, under the ids of `tally`; undefined where that has to be counted anew.
   */
  reader(memory: ProcessMemory, tally: ClassTally, gc: GcCounts) {
    const isOld = gc.full !== this.#gc.full || gc.concurrent !== this.#gc.concurrent;
    const ids = isOld ? new Int32Array() : tally.idsOf(this.#classes);
    return (start: number, area: HeapArea): KeptPart | undefined => {
      const part = isOld ? undefined : this.#parts.get(start);
      if (part === undefined || part.end > area.top) return undefined;
      const counts = part.counts.map((value, at) => (at % 3 === 0 ? ids[value]! : value));
      for (let row = 0; row < counts.length; row += 3) if (counts[row] === 0) return undefined;
      // G1 finds what is dead, and in JDK 8 empties regions, while no collection is told.
      return sampleOf(memory, start, part.end, area) === part.sample ? { ...part, counts } : undefined;
    };
  }
}

/** A number that another content of the same place in an area is very unlikely to have. */
export function sampleOf(memory: ProcessMemory, start: number, end: number, area: HeapArea): number {
  const step = (end - start - sampleBytes) / (samples - 1);
  for (let index = 0; index < samples; index++) {
    memory.read(start + Math.max(0, Math.floor(index * step)), sampled, index * sampleBytes, sampleBytes);
  }
  const record = Buffer.alloc(area.recordBytes ?? 0);
  memory.read(area.record, record, 0, record.length);
  return hash(Buffer.concat([sampled, record]));
}

function hash(bytes: Buffer): number {
  let [one, other] = [0x811c9dc5, 0x1000193];
  for (let at = 0; at + 4 <= bytes.length; at += 4) {
    const word = bytes.readInt32LE(at);
    one = Math.imul(one ^ word, 0x01000193);
    other = Math.imul(other ^ (word >>> 7), 0x85ebca6b);
  }
  return (one >>> 0) * 2 ** 20 + (other & 0xfffff);
}
