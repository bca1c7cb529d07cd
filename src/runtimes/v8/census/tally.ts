import type { TypeCount } from '../../../model/census.ts';
import { AddressTable } from '../../address-table.ts';
import { byCount } from '../../type-order.ts';
import type { MapFacts } from '../types/maps.ts';

/** Maps that one census tells apart: each class has several. The objects of further ones are summed under `(other)`. */
const maxMaps = 2 ** 17;
const initialSlots = 2 ** 13;
/** Maps and what merely looked like one. */
const mostSlots = 2 ** 20;
/** Ids: no map, and what stands for all maps beyond the bound. */
export const noMap = 0;
const firstMap = 1;
const initialMaps = 1024;

/** How ids differ: objects that are counted, memory between them, and objects with memory outside the heap. */
export const kinds = { filler: 0, counted: 1, buffer: 2 };
/** In place of a size: the object tells its own length; only the next object, of any kind or of code, tells its end. */
const byLength = 0;
export const untilNext = -1;
export const untilNextCode = -2;

type ReadMap = (map: number, object: number) => MapFacts | undefined;

/**
 * Counts objects per map, by ids that a table gives to the maps' addresses. What belongs to an id is in arrays of its own, which the walk reads too; they are replaced when
 * they grow, to 20 MiB at most in all, and kept from one census to the next. Sizes are in 32-bit words.
 */
export class Tally {
  #read: ReadMap;
  readonly #table = new AddressTable({ initialSlots, mostSlots });
  #names: string[] = [''];
  /** Ids for the objects of further maps, by what the walk needs to know of them. */
  readonly #others = new Map<string, number>();
  kinds = new Uint8Array(initialMaps);
  /** Or `byLength`, `untilNext`, `untilNextCode`. */
  sizes = new Int32Array(initialMaps);
  /** Five numbers an id, where its objects tell their own lengths: see `LengthRule`; the offset is in words. */
  rules = new Int32Array(initialMaps * 5);
  /** Without those of the new generation, which are apart. */
  counts = new Float64Array(initialMaps);
  words = new Float64Array(initialMaps);
  youngCounts = new Float64Array(initialMaps);
  youngWords = new Float64Array(initialMaps);
  readonly buffers = { count: 0, bytes: 0, youngCount: 0, youngBytes: 0 };

  constructor(read: ReadMap) {
    this.#read = read;
  }

  /** Begins anew, for another census. */
  clear(read: ReadMap): void {
    this.#read = read;
    this.#table.clear();
    this.#names = [''];
    this.#others.clear();
    this.counts.fill(0);
    this.words.fill(0);
    Object.assign(this.buffers, { count: 0, bytes: 0 });
    this.clearYoung();
  }

  /** Forgets the new generation's objects. */
  clearYoung(): void {
    this.youngCounts.fill(0);
    this.youngWords.fill(0);
    Object.assign(this.buffers, { youngCount: 0, youngBytes: 0 });
  }

  /** The id of the map at a tagged address, given as its halves; `noMap` when none is there. `object` is one that has it. */
  find(low: number, high: number, object: number): number {
    const known = this.#table.find(low, high);
    if (known >= 0) return known;
    const facts = this.#read((high >>> 0) * 2 ** 32 + (low >>> 0) - 1, object);
    const id = facts === undefined ? noMap : this.#add(facts);
    this.#table.add(low, high, id);
    return id;
  }

  /** Takes what was counted so far, none of it young, for a sample: multiplies it. */
  scale(factor: number): void {
    for (const counts of [this.counts, this.words]) {
      for (let id = firstMap; id < this.#names.length; id++) counts[id] = Math.round(counts[id]! * factor);
    }
    for (const key of ['count', 'bytes'] as const) this.buffers[key] = Math.round(this.buffers[key] * factor);
  }

  /** Descending by count; maps of types of one name are one row. */
  types(): TypeCount[] {
    const byName = new Map<string, { count: number; bytes: number; youngCount: number; youngBytes: number }>();
    const { count, bytes, youngCount, youngBytes } = this.buffers;
    if (count + youngCount > 0) {
      byName.set('(array buffer)', { count: count + youngCount, bytes: bytes + youngBytes, youngCount, youngBytes });
    }
    for (let id = firstMap; id < this.#names.length; id++) {
      if (this.counts[id]! + this.youngCounts[id]! === 0) continue;
      const name = this.#names[id]!;
      const row = byName.get(name) ?? { count: 0, bytes: 0, youngCount: 0, youngBytes: 0 };
      row.count += this.counts[id]! + this.youngCounts[id]!;
      row.bytes += (this.words[id]! + this.youngWords[id]!) * 4;
      row.youngCount += this.youngCounts[id]!;
      row.youngBytes += this.youngWords[id]! * 4;
      byName.set(name, row);
    }
    return [...byName].map(([type, row]) => ({ type, ...row })).sort(byCount);
  }

  #add({ role, name, size }: MapFacts): number {
    if (this.#names.length < maxMaps) return this.#append({ role, name, size });
    const key = `${role} ${JSON.stringify(size)}`;
    const id = this.#others.get(key) ?? this.#append({ role, name: '(other)', size });
    this.#others.set(key, id);
    return id;
  }

  #append({ role, name, size }: MapFacts): number {
    const id = this.#names.push(name) - 1;
    if (id >= this.kinds.length) this.#growMaps();
    this.kinds[id] = role === 'filler' ? kinds.filler : role === 'buffer' ? kinds.buffer : kinds.counted;
    this.sizes[id] = sizeCode(size);
    if (typeof size === 'object') {
      this.rules.set([size.offset / 4, size.shift, size.mask, size.headerBytes, size.elementBytes], id * 5);
    }
    return id;
  }

  #growMaps(): void {
    const length = this.kinds.length * 2;
    const grown = <A extends Uint8Array | Int32Array | Float64Array>(larger: A, old: A): A => {
      larger.set(old);
      return larger;
    };
    this.kinds = grown(new Uint8Array(length), this.kinds);
    this.sizes = grown(new Int32Array(length), this.sizes);
    this.rules = grown(new Int32Array(length * 5), this.rules);
    this.counts = grown(new Float64Array(length), this.counts);
    this.words = grown(new Float64Array(length), this.words);
    this.youngCounts = grown(new Float64Array(length), this.youngCounts);
    this.youngWords = grown(new Float64Array(length), this.youngWords);
  }
}

function sizeCode(size: MapFacts['size']): number {
  if (typeof size === 'number') return size / 4;
  return size === 'next' ? untilNext : size === 'next code' ? untilNextCode : byLength;
}
