import type { TypeCount } from '../../model/census.ts';
import { hashOfKlass, KlassIds } from './klass-ids.ts';
import type { KlassFacts } from './klass-reader.ts';
import type { ObjectHeader } from './object-header.ts';

/** Classes that one census knows; objects of further ones cannot be counted, as their size is not kept. */
const maxClasses = 2 ** 17;
/** The objects of further ones are summed under `(other)`. */
const maxNames = 2 ** 16;

/** In `#words`: objects of the class differ in size, or it is no class. */
const isArray = 0;
const isMirror = -1;
const isNone = -2;

/** What JVMs put where nothing is, from JDK 19 on; before, they put int arrays there, which nothing tells from others. */
const fillers = new Set(['jdk.internal.vm.FillerObject', 'jdk.internal.vm.FillerElement[]']);

/** What was counted in a part of the heap, a row for each class; ids are those of the tally that counted. */
export interface PartCounts {
  readonly ids: Int32Array;
  readonly counts: Float64Array;
  readonly bytes: Float64Array;
}

/** Id 0 is "no class". */
const none = 0;

/**
 * Counts objects per class, in words (4 bytes) of a copy of the heap. The table from what an object's header says of its
 * class to the class's id is open-addressed over typed arrays: it is asked for every object.
 */
export class ClassTally {
  readonly #header: ObjectHeader;
  readonly #alignment: number;
  readonly #read: (address: number) => KlassFacts | undefined;
  readonly #table = new KlassIds();
  readonly #names: string[] = [''];
  /** Words of an object, or what stands for their not being known. */
  #words = new Int32Array(1024).fill(isNone);
  /** Of arrays the bytes before the elements; of java.lang.Class the word that holds the size. */
  #headerBytes = new Int32Array(1024);
  #elementBytes = new Int32Array(1024);
  #counts = new Float64Array(1024);
  /** Of classes whose objects differ in size. */
  #bytes = new Float64Array(1024);
  #markedCounts = new Float64Array();
  #markedBytes = new Float64Array();

  /** `alignment` is that of objects, in bytes. */
  constructor(header: ObjectHeader, alignment: number, read: (address: number) => KlassFacts | undefined) {
    this.#header = header;
    this.#alignment = alignment;
    this.#read = read;
  }

  /**
   * Counts the objects that stand one behind the other from word `at` of `words` on, while they begin before `limit`.
   * Answers where the next one begins, which may be beyond, or where there is none. Past `limit`, `words` must have as
   * much as a header needs, `headerReach`.
   */
  count(words: Int32Array, at: number, limit: number): number {
    const { klassWord, klassShift, wide, lengthWord } = this.#header;
    const alignment = this.#alignment;
    const table = this.#table;
    let { low: keysLow, high: keysHigh, ids } = table;
    let [counts, sizes, mask] = [this.#counts, this.#words, ids.length - 1];
    let next = at;
    while (next < limit) {
      const low = (words[next + klassWord]! >>> klassShift) | 0;
      const high = wide ? words[next + klassWord + 1]! : 0;
      let slot = hashOfKlass(low, high) & mask;
      let id = ids[slot]!;
      while (id >= 0 && (keysLow[slot] !== low || keysHigh[slot] !== high)) {
        slot = (slot + 1) & mask;
        id = ids[slot]!;
      }
      if (id < 0) {
        id = this.#find(low, high);
        ({ low: keysLow, high: keysHigh, ids } = table);
        [counts, sizes, mask] = [this.#counts, this.#words, ids.length - 1];
      }
      const size = sizes[id]!;
      if (size > 0) {
        next += size;
      } else if (size === isArray) {
        const length = words[next + lengthWord]!;
        if (length < 0) return next;
        const bytes = this.#headerBytes[id]! + length * this.#elementBytes[id]!;
        const aligned = Math.ceil(bytes / alignment) * alignment;
        this.#bytes[id]! += aligned;
        next += aligned / 4;
      } else if (size === isMirror) {
        const mirrorWords = words[next + this.#headerBytes[id]!]!;
        if (mirrorWords <= 1 || mirrorWords > maxMirrorWords) return next;
        this.#bytes[id]! += mirrorWords * 8;
        next += mirrorWords * 2;
      } else {
        return next;
      }
      counts[id]!++;
    }
    return next;
  }

  /** Whether a row of `objects` plausible objects begins at word `at`, or as many as there are before `limit`. */
  isRow(words: Int32Array, at: number, limit: number, objects: number): boolean {
    let next = at;
    for (let seen = 0; seen < objects && next < limit; seen++) {
      const size = this.#sizeAt(words, next);
      if (size === 0) return false;
      next += size;
    }
    return next > at;
  }

  /** Words of the object at word `at`; 0 when there is none. */
  #sizeAt(words: Int32Array, at: number): number {
    const { klassWord, klassShift, wide, lengthWord } = this.#header;
    // An object that nobody holds a lock of: the last two bits are 01.
    if ((words[at]! & 3) !== 1) return 0;
    const id = this.#find((words[at + klassWord]! >>> klassShift) | 0, wide ? words[at + klassWord + 1]! : 0);
    const size = this.#words[id]!;
    if (size > 0) return size;
    if (size === isMirror) {
      const mirrorWords = words[at + this.#headerBytes[id]!]!;
      return mirrorWords > 1 && mirrorWords <= maxMirrorWords ? mirrorWords * 2 : 0;
    }
    const length = words[at + lengthWord]!;
    if (size === isNone || length < 0) return 0;
    return (
      (Math.ceil((this.#headerBytes[id]! + length * this.#elementBytes[id]!) / this.#alignment) * this.#alignment) / 4
    );
  }

  /** Forgets all counts, but not the classes. */
  reset(): void {
    this.#counts.fill(0);
    this.#bytes.fill(0);
  }

  /** Begins a part of the heap, which `part` tells and `undo` takes back. */
  mark(): void {
    this.#markedCounts = this.#counts.slice(0, this.#names.length);
    this.#markedBytes = this.#bytes.slice(0, this.#names.length);
  }

  /** What was counted since `mark`. */
  part(): PartCounts {
    const ids: number[] = [];
    for (let id = 1; id < this.#names.length; id++) {
      if (this.#counts[id] !== (this.#markedCounts[id] ?? 0)) ids.push(id);
    }
    return {
      ids: Int32Array.from(ids),
      counts: Float64Array.from(ids, (id) => this.#counts[id]! - (this.#markedCounts[id] ?? 0)),
      bytes: Float64Array.from(ids, (id) => this.#bytes[id]! - (this.#markedBytes[id] ?? 0)),
    };
  }

  /** Takes back what was counted since `mark`. */
  undo(): void {
    this.reset();
    this.#counts.set(this.#markedCounts);
    this.#bytes.set(this.#markedBytes);
  }

  /** Counts a part that was counted before. */
  add({ ids, counts, bytes }: PartCounts): void {
    for (let row = 0; row < ids.length; row++) {
      this.#counts[ids[row]!]! += counts[row]!;
      this.#bytes[ids[row]!]! += bytes[row]!;
    }
  }

  /** Ids here of the classes of an earlier tally, by their ids there; 0 for those that are gone or others by now. */
  idsOf(earlier: ClassTally): Int32Array {
    const found = new Int32Array(earlier.#names.length);
    const { low, high, ids } = earlier.#table;
    for (let slot = 0; slot < ids.length; slot++) {
      const old = ids[slot]!;
      if (old <= 0) continue;
      const id = this.#find(low[slot]!, high[slot]!);
      const same =
        this.#names[id] === earlier.#names[old] &&
        this.#words[id] === earlier.#words[old] &&
        this.#headerBytes[id] === earlier.#headerBytes[old] &&
        this.#elementBytes[id] === earlier.#elementBytes[old];
      if (same) found[old] = id;
    }
    return found;
  }

  /** Descending by count; classes of one name are one row. Without what only fills gaps. */
  types(): TypeCount[] {
    const byName = new Map<string, { count: number; bytes: number }>();
    for (let id = 1; id < this.#names.length; id++) {
      const [count, name] = [this.#counts[id]!, this.#names[id]!];
      if (count === 0 || fillers.has(name)) continue;
      const row = byName.get(name) ?? { count: 0, bytes: 0 };
      row.count += count;
      row.bytes += this.#words[id]! > 0 ? count * this.#words[id]! * 4 : this.#bytes[id]!;
      byName.set(name, row);
    }
    return [...byName]
      .map(([type, row]) => ({ type, ...row }))
      .sort((a, b) => b.count - a.count || (a.type < b.type ? -1 : 1));
  }

  #find(low: number, high: number): number {
    const known = this.#table.find(low, high);
    if (known >= 0) return known;
    const id = this.#resolve(this.#header.klassAddress(low, high));
    this.#table.add(low, high, id);
    return id;
  }

  #resolve(address: number): number {
    const facts = this.#names.length < maxClasses ? this.#read(address) : undefined;
    if (facts === undefined) return none;
    const { name, shape } = facts;
    const id = this.#names.length;
    this.#names.push(id < maxNames ? name : '(other)');
    if (id >= this.#counts.length) {
      this.#words = grown(this.#words, new Int32Array(id * 2));
      this.#headerBytes = grown(this.#headerBytes, new Int32Array(id * 2));
      this.#elementBytes = grown(this.#elementBytes, new Int32Array(id * 2));
      this.#counts = grown(this.#counts, new Float64Array(id * 2));
      this.#bytes = grown(this.#bytes, new Float64Array(id * 2));
    }
    this.#words[id] = shape.kind === 'instance' ? shape.bytes / 4 : shape.kind === 'array' ? isArray : isMirror;
    if (shape.kind === 'array') {
      this.#headerBytes[id] = shape.headerBytes;
      this.#elementBytes[id] = shape.elementBytes;
    } else if (shape.kind === 'mirror') {
      this.#headerBytes[id] = shape.sizeOffset / 4;
    }
    return id;
  }
}

/** A class's static fields: 65,535 of 8 bytes. */
const maxMirrorWords = 2 ** 17;

function grown<T extends Int32Array | Float64Array>(old: T, larger: T): T {
  larger.set(old);
  return larger;
}
