import type { TypeCount } from '../../../model/census.ts';
import { hashOfAddress } from '../../address-table.ts';
import { byCount } from '../../type-order.ts';
import type { KlassFacts } from './klass-reader.ts';
import { isArray, isMirror, isNone, KnownClasses } from './known-classes.ts';
import type { ObjectHeader } from './object-header.ts';

/** What JVMs put where nothing is, from JDK 19 on; before, they put int arrays there, which nothing tells from others. */
const fillers = new Set(['jdk.internal.vm.FillerObject', 'jdk.internal.vm.FillerElement[]']);

/** What was counted in a part of the heap: id, count and bytes by turns, for each class; ids are those of the tally. */
export type PartCounts = Float64Array;

/** A class's static fields: 65,535 of 8 bytes. */
const maxMirrorWords = 2 ** 17;

/** Counts objects per class, in words (4 bytes) of a copy of the heap. */
export class ClassTally {
  readonly classes = new KnownClasses();
  readonly #header: ObjectHeader;
  readonly #alignment: number;
  readonly #read: (address: number) => KlassFacts | undefined;
  /** By id, as the two below. */
  #counts = new Float64Array(1024);
  /** Of classes whose objects differ in size. */
  #bytes = new Float64Array(1024);
  /** As they were when the part began. */
  #markedCounts = new Float64Array(1024);
  #markedBytes = new Float64Array(1024);

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
    const { classes } = this;
    let { low: keysLow, high: keysHigh, ids } = classes.table;
    let [counts, sizes, mask] = [this.#counts, classes.words, ids.length - 1];
    let next = at;
    while (next < limit) {
      const low = (words[next + klassWord]! >>> klassShift) | 0;
      const high = wide ? words[next + klassWord + 1]! : 0;
      let slot = hashOfAddress(low, high) & mask;
      let id = ids[slot]!;
      while (id >= 0 && (keysLow[slot] !== low || keysHigh[slot] !== high)) {
        slot = (slot + 1) & mask;
        id = ids[slot]!;
      }
      if (id < 0) {
        id = this.#find(low, high);
        ({ low: keysLow, high: keysHigh, ids } = classes.table);
        [counts, sizes, mask] = [this.#counts, classes.words, ids.length - 1];
      }
      const size = sizes[id]!;
      if (size > 0) {
        next += size;
      } else if (size === isArray) {
        const length = words[next + lengthWord]!;
        if (length < 0) return next;
        const bytes = classes.headerBytes[id]! + length * classes.elementBytes[id]!;
        const aligned = Math.ceil(bytes / alignment) * alignment;
        this.#bytes[id]! += aligned;
        next += aligned / 4;
      } else if (size === isMirror) {
        const mirrorWords = words[next + classes.headerBytes[id]!]!;
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
    const { words: sizes, headerBytes, elementBytes } = this.classes;
    const size = sizes[id]!;
    if (size > 0) return size;
    if (size === isMirror) {
      const mirrorWords = words[at + headerBytes[id]!]!;
      return mirrorWords > 1 && mirrorWords <= maxMirrorWords ? mirrorWords * 2 : 0;
    }
    const length = words[at + lengthWord]!;
    if (size === isNone || length < 0) return 0;
    const bytes = headerBytes[id]! + length * elementBytes[id]!;
    return (Math.ceil(bytes / this.#alignment) * this.#alignment) / 4;
  }

  /** Forgets all counts, but not the classes. */
  reset(): void {
    this.#counts.fill(0);
    this.#bytes.fill(0);
  }

  /** Begins a part of the heap, which `part` tells and `undo` takes back. */
  mark(): void {
    this.#markedCounts.set(this.#counts);
    this.#markedBytes.set(this.#bytes);
  }

  /** What was counted since `mark`. */
  part(): PartCounts {
    const rows: number[] = [];
    for (let id = 1; id < this.classes.names.length; id++) {
      const count = this.#counts[id]! - this.#markedCounts[id]!;
      if (count !== 0) rows.push(id, count, this.#bytes[id]! - this.#markedBytes[id]!);
    }
    return Float64Array.from(rows);
  }

  /** Takes back what was counted since `mark`. */
  undo(): void {
    this.#counts.set(this.#markedCounts);
    this.#bytes.set(this.#markedBytes);
  }

  /** Counts a part that was counted before. */
  add(part: PartCounts): void {
    for (let row = 0; row < part.length; row += 3) {
      this.#counts[part[row]!]! += part[row + 1]!;
      this.#bytes[part[row]!]! += part[row + 2]!;
    }
  }

  /** Ids here of the classes of an earlier census, by their ids there; 0 for those that are gone or others by now. */
  idsOf(earlier: KnownClasses): Int32Array {
    const found = new Int32Array(earlier.names.length);
    const { low, high, ids } = earlier.table;
    for (let slot = 0; slot < ids.length; slot++) {
      const old = ids[slot]!;
      if (old <= 0) continue;
      const id = this.#find(low[slot]!, high[slot]!);
      if (this.classes.isSame(id, earlier, old)) found[old] = id;
    }
    return found;
  }

  /** Descending by count; classes of one name are one row. Without what only fills gaps. */
  types(): TypeCount[] {
    const { names, words } = this.classes;
    const byName = new Map<string, { count: number; bytes: number }>();
    for (let id = 1; id < names.length; id++) {
      const [count, name] = [this.#counts[id]!, names[id]!];
      if (count === 0 || fillers.has(name)) continue;
      const row = byName.get(name) ?? { count: 0, bytes: 0 };
      row.count += count;
      row.bytes += words[id]! > 0 ? count * words[id]! * 4 : this.#bytes[id]!;
      byName.set(name, row);
    }
    return [...byName].map(([type, row]) => ({ type, ...row })).sort(byCount);
  }

  #find(low: number, high: number): number {
    const { classes } = this;
    const known = classes.table.find(low, high);
    if (known >= 0) return known;
    const facts = classes.isFull ? undefined : this.#read(this.#header.klassAddress(low, high));
    const id = classes.add(low, high, facts);
    const slots = classes.words.length;
    if (this.#counts.length < slots) {
      this.#counts = grown(this.#counts, slots);
      this.#bytes = grown(this.#bytes, slots);
      this.#markedCounts = grown(this.#markedCounts, slots);
      this.#markedBytes = grown(this.#markedBytes, slots);
    }
    return id;
  }
}

function grown(old: Float64Array, length: number): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(length);
  larger.set(old);
  return larger;
}
