import type { TypeCount } from '../../../model/census.ts';
import { AddressTable } from '../../address-table.ts';
import { byCount } from '../../type-order.ts';
import type { CpythonLayout } from '../layouts/layout.ts';
import type { TypeFacts } from './type-names.ts';

/** Types that one census tells apart; the objects of further ones are summed under `(other)`. */
const maxTypes = 65_536;
const initialSlots = 2 ** 14;
/** Type pointers and what merely looked like one. */
const mostSlots = 2 ** 19;

/** Id 0 is "no type"; ids 1 to 3 sum the types beyond the bound, one for each place where an object can begin. */
const firstOtherId = 1;

/**
 * Counts objects per type, by ids that a table gives to the types' addresses. A block is an object of a type only if the object begins where that type demands.
 */
export class Tally {
  /** Refcounts in [low, high) are pointers into a non-PIE process's own mappings below 4 GiB, not counts. */
  readonly #refcountHighMask: number;
  /** gc_refs of an object that is not tracked, without its lowest bit; 0 where `_gc_next` tells instead. */
  readonly #untrackedRefs: number;
  readonly #lowStart: number;
  readonly #lowEnd: number;
  readonly #read: (address: number) => TypeFacts | undefined;
  readonly #table = new AddressTable({ initialSlots, mostSlots });
  readonly #names: string[] = ['', '(other)', '(other)', '(other)'];
  /** Words (4 bytes) from the block's start to the object; -1 for id 0, which no block matches. */
  #offsets = new Int32Array(1024).fill(-1);
  #minimumBytes = new Int32Array(1024);
  #counts = new Float64Array(1024);
  #tracked = new Float64Array(1024);
  #bytes = new Float64Array(1024);
  /** The last type seen at each of the three offsets: neighbours mostly share it. */
  readonly #lastLow = new Int32Array(3);
  readonly #lastHigh = new Int32Array(3);
  readonly #lastId = new Int32Array(3);

  constructor(
    read: (address: number) => TypeFacts | undefined,
    low: { start: number; end: number },
    { refcountHighMask, gc }: Pick<CpythonLayout, 'refcountHighMask' | 'gc'>,
  ) {
    this.#read = read;
    this.#refcountHighMask = refcountHighMask | 0;
    this.#untrackedRefs = gc.untracked === 'shifted-refs' ? -4 : gc.untracked === 'refs' ? -2 : 0;
    this.#lowStart = low.start;
    this.#lowEnd = low.end;
    for (let place = 0; place < 3; place++) this.#offsets[firstOtherId + place] = place * 4;
  }

  /**
   * Looks at the memory block at word index `at` of `words`, `bytes` long; counts it when it holds a live object.
   * `prefixWords` is what debug hooks put first. An object begins at the start, after the collector's header (16 bytes), or after that and a pre-header (32).
   */
  countBlock(words: Int32Array, at: number, bytes: number, prefixWords: number): boolean {
    const start = at + prefixWords;
    for (let place = 0; place < 3; place++) {
      const object = start + place * 4;
      if ((object - at) * 4 + 16 > bytes) return false;
      // Refcount: 1 to 2^32 - 1 (from 3.12 the largest ones mean immortal); 0 is a dead or free block.
      if ((words[object + 1]! & this.#refcountHighMask) !== 0 || words[object] === 0) continue;
      const refcount = words[object]! >>> 0;
      if (refcount >= this.#lowStart && refcount < this.#lowEnd) continue;
      const low = words[object + 2]!;
      const high = words[object + 3]!;
      let id: number;
      if (low === this.#lastLow[place] && high === this.#lastHigh[place]) {
        id = this.#lastId[place]!;
      } else {
        // A pointer into user space, 8-byte aligned.
        if ((low & 7) !== 0 || high >>> 0 > 0x7fff || (high === 0 && low >>> 0 < 0x10000)) continue;
        id = this.#find(low, high);
        this.#lastLow[place] = low;
        this.#lastHigh[place] = high;
        this.#lastId[place] = id;
      }
      if (this.#offsets[id] !== place * 4 || bytes < this.#minimumBytes[id]!) continue;
      this.#counts[id]!++;
      this.#bytes[id]! += bytes;
      if (place > 0 && this.#isTracked(words[object - 4]!, words[object - 3]!)) this.#tracked[id]!++;
      return true;
    }
    return false;
  }

  /** From the last 16 bytes of PyGC_Head: `_gc_next` from 3.8 on, gc_refs before. */
  #isTracked(low: number, high: number): boolean {
    return this.#untrackedRefs === 0 ? (low | high) !== 0 : (low & -2) !== this.#untrackedRefs;
  }

  /** Takes what was counted so far for a sample: multiplies it. */
  scale(factor: number): void {
    for (let id = firstOtherId; id < this.#names.length; id++) {
      this.#counts[id] = Math.round(this.#counts[id]! * factor);
      this.#tracked[id] = Math.round(this.#tracked[id]! * factor);
      this.#bytes[id] = Math.round(this.#bytes[id]! * factor);
    }
  }

  /** Of all objects counted so far. */
  get objects(): number {
    return this.#counts.reduce((total, count) => total + count, 0);
  }

  /** Descending by count; types of one name are one row. */
  types(): TypeCount[] {
    const byName = new Map<string, { count: number; bytes: number; trackedCount: number }>();
    for (let id = firstOtherId; id < this.#names.length; id++) {
      if (this.#counts[id] === 0) continue;
      const name = this.#names[id]!;
      const row = byName.get(name) ?? { count: 0, bytes: 0, trackedCount: 0 };
      row.count += this.#counts[id]!;
      row.bytes += this.#bytes[id]!;
      row.trackedCount += this.#tracked[id]!;
      byName.set(name, row);
    }
    return [...byName].map(([type, row]) => ({ type, ...row })).sort(byCount);
  }

  #find(low: number, high: number): number {
    const known = this.#table.find(low, high);
    if (known >= 0) return known;
    const id = this.#resolve((high >>> 0) * 2 ** 32 + (low >>> 0));
    this.#table.add(low, high, id);
    return id;
  }

  #resolve(address: number): number {
    const facts = this.#read(address);
    if (facts === undefined) return 0;
    if (this.#names.length >= maxTypes) return firstOtherId + facts.objectOffset / 16;
    const id = this.#names.length;
    this.#names.push(facts.name);
    if (id >= this.#counts.length) {
      this.#offsets = grown(this.#offsets);
      this.#minimumBytes = grown(this.#minimumBytes);
      this.#counts = grown(this.#counts);
      this.#tracked = grown(this.#tracked);
      this.#bytes = grown(this.#bytes);
    }
    this.#offsets[id] = facts.objectOffset / 4;
    this.#minimumBytes[id] = facts.objectOffset + facts.basicBytes;
    return id;
  }
}

function grown<T extends Int32Array | Float64Array>(array: T): T {
  const larger = array instanceof Int32Array ? new Int32Array(array.length * 2) : new Float64Array(array.length * 2);
  larger.set(array);
  return larger as T;
}
