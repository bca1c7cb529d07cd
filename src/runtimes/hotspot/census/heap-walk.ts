import { pageSize } from '../../../memory/pagemap.ts';
import type { AbortFlag } from '../../../model/census.ts';
import { checkAbort } from '../../abort.ts';
import type { HeapMemory } from '../heaps/heap-area.ts';
import type { ClassTally } from './class-tally.ts';
import type { Gap } from './tlabs.ts';

/** Copies grow from the one to the other: an area may have one large object that needs no copy but of its header. */
const firstChunkBytes = 64 * 1024;
const chunkBytes = 4 * 2 ** 20;
/** What of an object must be at hand to know its size: the longest is java.lang.Class, of some 120 bytes. */
const headerReach = 1024;
/** Of memory that is absent. */
const bytesPerLook = 2 ** 30;
/** Each place may have to be looked up in the process. */
const wordsPerLook = 2 ** 14;
/** Where the way was lost, as many objects in a row are believed to be objects. */
const convincingRow = 6;

/** What a walk goes through. */
export interface WalkInput {
  readonly memory: HeapMemory;
  /** Where objects are counted. */
  readonly tally: ClassTally;
  /** Bytes at a multiple of which objects begin. */
  readonly alignment: number;
  readonly abort: AbortFlag;
}

/** Walks areas of the heap from object to object over copies of up to 4 MB; what a long array holds is not copied. */
export class HeapWalk {
  /** Bytes of objects, and of what is told in `skippedBytes`. */
  walkedBytes = 0;
  /** Bytes between the place where no object was found and the next one. */
  skippedBytes = 0;
  readonly #input: WalkInput;
  #gaps: readonly Gap[] = [];
  readonly #bytes = new Uint8Array(chunkBytes + headerReach);
  readonly #words = new Int32Array(this.#bytes.buffer);
  /** The copy's address, how much it holds that is to be walked, and how much the next one will. */
  #base = 0;
  #length = 0;
  #nextLength = firstChunkBytes;

  constructor(input: WalkInput) {
    this.#input = input;
  }

  /** Begins anew; `gaps`, ascending, are where the heap has no objects. */
  begin(gaps: readonly Gap[]): void {
    this.#gaps = gaps;
    this.walkedBytes = 0;
    this.skippedBytes = 0;
  }

  /** Counts the objects from `start` on that begin before `top`; answers where the last one ends. */
  walk(start: number, top: number): number {
    const gaps = this.#gaps;
    let gap = firstGapFrom(gaps, start);
    let at = start;
    this.#length = 0;
    this.#nextLength = firstChunkBytes;
    while (at < top) {
      const next = gaps[gap];
      const limit = Math.min(top, next?.start ?? top);
      if (at < limit) {
        const end = this.#walkUpTo(at, limit);
        this.walkedBytes += end - at;
        at = end;
      }
      if (next === undefined || next.start >= top) continue;
      // An object that reaches into a gap is none: what was counted wrongly ends there.
      if (at < next.end) at = next.end;
      gap++;
    }
    return at;
  }

  /** As `walk`, where no gap is. */
  #walkUpTo(start: number, limit: number): number {
    const { tally } = this.#input;
    let at = start;
    while (at < limit) {
      if ((at < this.#base || at >= this.#base + this.#length) && !this.#copy(at, limit)) {
        at = this.#skipAbsent(at, limit);
        continue;
      }
      const end = this.#base + this.#length;
      const next = this.#base + tally.count(this.#words, (at - this.#base) / 4, this.#length / 4) * 4;
      at = next >= end ? next : this.#findNext(next, end);
    }
    return at;
  }

  /** False when nothing of it is present. */
  #copy(address: number, limit: number): boolean {
    const { memory, abort } = this.#input;
    checkAbort(abort);
    this.#base = address;
    this.#length = Math.min(this.#nextLength, limit - address);
    this.#nextLength = Math.min(this.#nextLength * 4, chunkBytes);
    return memory.read(address, this.#bytes, 0, this.#length + headerReach) > 0;
  }

  /** Answers the next page that is present, or `limit`. */
  #skipAbsent(address: number, limit: number): number {
    const { memory, abort } = this.#input;
    this.#length = 0;
    // Its own page gave nothing, whatever is said of it.
    let at = address - (address % pageSize) + pageSize;
    let next = at;
    while (at < limit && next === at) {
      checkAbort(abort);
      at = Math.min(limit, at + bytesPerLook);
      next = memory.nextPresent(next, at);
    }
    const found = Math.max(address, Math.min(next, limit));
    this.skippedBytes += found - address;
    return found;
  }

  /** Finds the next place after `lost` from which a row of objects stands, or answers `end`, that of the copy. */
  #findNext(lost: number, end: number): number {
    const { tally, alignment, abort } = this.#input;
    const stop = this.#length / 4;
    let word = (lost - this.#base + alignment) / 4;
    while (word < stop && !tally.isRow(this.#words, word, stop, convincingRow)) {
      word += alignment / 4;
      if (word % wordsPerLook === 0) checkAbort(abort);
    }
    const found = Math.min(this.#base + word * 4, end);
    this.skippedBytes += found - lost;
    return found;
  }
}

/** The index of the first gap that ends after an address. */
function firstGapFrom(gaps: readonly Gap[], address: number): number {
  let low = 0;
  let high = gaps.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (gaps[middle]!.end <= address) low = middle + 1;
    else high = middle;
  }
  return low;
}
