// How objects lie in a page: one behind the other, each begins with a tagged pointer to its map. What is free is an object
// too, of a map of its own; only where the mutator allocates just now is there a gap [top, limit) (`allocation-areas.ts`).
import type { Constants } from '../constants.ts';
import { kinds, noMap, type Tally, untilNext, untilNextCode } from './tally.ts';

/** Where an ArrayBuffer keeps what it has outside the heap: in 32-bit words from its start. */
interface BufferFields {
  readonly byteLength: number;
  readonly backingStore: number;
}

export function bufferFields(constants: Constants): BufferFields {
  return {
    byteLength: constants.offset('JSArrayBuffer', 'byte_length') / 4,
    backingStore: constants.offset('JSArrayBuffer', 'backing_store') / 4,
  };
}

/** A backing store larger than this is none: V8 allows 2^33 to 2^53 bytes, no machine has them. */
const mostBufferBytes = 2 ** 42;

/** kCodeAlignment, 64 bytes: objects of code lie so far apart, or a multiple of it. */
const codeAlignment = 16;

export class PageWalk {
  readonly #tally: Tally;
  readonly #buffer: BufferFields;
  /** Bytes in which no object could be recognised. */
  lostBytes = 0;
  #lastLow = 0;
  #lastHigh = 0;
  #lastId = noMap;

  constructor(tally: Tally, buffer: BufferFields) {
    this.#tally = tally;
    this.#buffer = buffer;
  }

  /** Counts the objects in [from, to) of `words`, which holds what begins at `address` of the process. */
  walk(words: Int32Array, address: number, from: number, to: number, isYoung: boolean): void {
    let at = from;
    while (at < to) at += this.#step(words, at, to, address, isYoung);
  }

  /**
   * Counts those objects in [0, to) whose mark bits are set: on a page that is not swept yet they are the living ones. A bit
   * of `marks` stands for 8 bytes from the start of the page, which is `skipped` words before `words`.
   */
  walkMarked(words: Int32Array, address: number, to: number, marks: Int32Array, skipped: number): void {
    let at = 0;
    while (at < to) {
      const bit = (at + skipped) >>> 1;
      const bits = marks[bit >>> 5]! >>> (bit & 31);
      if (bits === 0) {
        at = (((bit >>> 5) + 1) << 6) - skipped;
        continue;
      }
      at += 2 * (31 - Math.clz32(bits & -bits));
      if (at < to) at += this.#step(words, at, to, address, false);
    }
  }

  /** Counts the one object of a page that has it alone, from its first words; `most` is where the page ends. */
  countLarge(words: Int32Array, address: number, from: number, most: number, isYoung: boolean): void {
    const id = this.#mapAt(words, from, address);
    const size = id === noMap ? 0 : this.#sizeOf(words, from, most, id, address);
    if (size < 2 || from + size > most) this.lostBytes += (most - from) * 4;
    else this.#count(words, from, id, size, isYoung);
  }

  /** Counts the object at `at`; answers how many words lie before the next one. */
  #step(words: Int32Array, at: number, to: number, address: number, isYoung: boolean): number {
    const id = this.#mapAt(words, at, address);
    const size = id === noMap ? 0 : this.#sizeOf(words, at, to, id, address);
    if (size >= 2 && at + size <= to) {
      this.#count(words, at, id, size, isYoung);
      return size;
    }
    // What nobody ever wrote to is no loss.
    if ((words[at]! | words[at + 1]!) !== 0) this.lostBytes += 8;
    return 2;
  }

  #mapAt(words: Int32Array, at: number, address: number): number {
    const low = words[at]!;
    const high = words[at + 1]!;
    if (low === this.#lastLow && high === this.#lastHigh) return this.#lastId;
    // A strong pointer to an address in user space, 8-byte aligned.
    if ((low & 7) !== 1 || high >>> 0 > 0x7fff) return noMap;
    this.#lastLow = low;
    this.#lastHigh = high;
    this.#lastId = this.#tally.find(low, high, address + at * 4);
    return this.#lastId;
  }

  #sizeOf(words: Int32Array, at: number, to: number, id: number, address: number): number {
    const size = this.#tally.sizes[id]!;
    if (size > 0) return size;
    if (size === untilNext) return this.#untilNext(words, at, to, address);
    if (size === untilNextCode) return this.#untilNextCode(words, at, to, address);
    const rule = id * 5;
    const rules = this.#tally.rules;
    const length = (words[at + rules[rule]!]! >>> rules[rule + 1]!) & rules[rule + 2]!;
    const bytes = rules[rule + 3]! + length * rules[rule + 4]!;
    return 2 * Math.ceil(bytes / 8);
  }

  #untilNext(words: Int32Array, at: number, to: number, address: number): number {
    let end = at + 2;
    while (end < to && this.#mapAt(words, end, address) === noMap) end += 2;
    return end - at;
  }

  #untilNextCode(words: Int32Array, at: number, to: number, address: number): number {
    let end = at + codeAlignment;
    for (; end < to; end += codeAlignment) {
      const id = this.#mapAt(words, end, address);
      if (id !== noMap && (this.#tally.sizes[id] === untilNextCode || this.#tally.kinds[id] === kinds.filler)) break;
    }
    return Math.min(end, to) - at;
  }

  #count(words: Int32Array, at: number, id: number, size: number, isYoung: boolean): void {
    const tally = this.#tally;
    const kind = tally.kinds[id]!;
    if (kind === kinds.filler) return;
    if (isYoung) {
      tally.youngCounts[id]!++;
      tally.youngWords[id]! += size;
    } else {
      tally.counts[id]!++;
      tally.words[id]! += size;
    }
    if (kind === kinds.buffer) this.#countBuffer(words, at, isYoung);
  }

  #countBuffer(words: Int32Array, at: number, isYoung: boolean): void {
    const { byteLength, backingStore } = this.#buffer;
    const bytes = word(words, at + byteLength);
    if (bytes === 0 || bytes > mostBufferBytes || word(words, at + backingStore) === 0) return;
    const { buffers } = this.#tally;
    if (isYoung) {
      buffers.youngCount++;
      buffers.youngBytes += bytes;
    } else {
      buffers.count++;
      buffers.bytes += bytes;
    }
  }
}

function word(words: Int32Array, at: number): number {
  return (words[at + 1]! >>> 0) * 2 ** 32 + (words[at]! >>> 0);
}
