// A chunk of glibc's malloc (malloc/malloc.c of glibc 2.28 to 2.43): size of the one before (u64), own size with flags
// in its low three bits (u64), then the user's bytes. Flags: 1 the chunk before is in use, 2 a mapping of its own, 4 not
// in the main arena.
import { pageSize } from '../../../memory/pagemap.ts';
import type { MemoryWindow } from './memory-window.ts';
import type { Tally } from './tally.ts';

const chunkHeaderBytes = 16;
export const minimumChunkBytes = 32;
/** What an object's header needs of a chunk, with debug hooks, pre-header and the collector's header before it. */
const objectHeadBytes = 80;
export const notMainArena = 4;
const mmapped = 2;

/** The flag that every used chunk of a heap has: none in the main arena's. */
export type ArenaFlag = 0 | typeof notMainArena;

/** Reads chunks' headers through a window, and counts the objects in them. */
export class MallocChunks {
  /** In chunks that hold an object. */
  usedBytes = 0;
  /** How often a header was read beyond the window: 3 us each. */
  farLooks = 0;
  readonly #window: MemoryWindow;
  readonly #tally: Tally;
  readonly #prefixWords: number;

  constructor(window: MemoryWindow, tally: Tally, prefixBytes: number) {
    this.#window = window;
    this.#tally = tally;
    this.#prefixWords = prefixBytes / 4;
  }

  /** 0 when there is no chunk header of a heap at the address. */
  size(at: number, end: number, flag: ArenaFlag): number {
    const index = this.#window.load(at, chunkHeaderBytes) + 2;
    const { words } = this.#window;
    const low = words[index]!;
    // In a thread's heap free chunks and the top do not say that they are not the main arena's.
    if ((low & (mmapped | 8 | (notMainArena & ~flag))) !== 0) return 0;
    const size = (words[index + 1]! >>> 0) * 2 ** 32 + (low >>> 0) - (low & 7);
    return size >= minimumChunkBytes && at + size <= end ? size : 0;
  }

  /** Whether there is a chunk header, without moving the window to where it may be. */
  isChunk(at: number, end: number, flag: ArenaFlag): boolean {
    if (this.#window.holds(at, chunkHeaderBytes)) return this.size(at, end, flag) > 0;
    this.farLooks++;
    const word = this.#window.memory.readWord(at + 8) ?? 0;
    const size = word - (word % 8);
    const wrong = mmapped | 8 | (notMainArena & ~flag);
    return ((word % 16) & wrong) === 0 && size >= minimumChunkBytes && at + size <= end;
  }

  /** Whether the chunk before this one is in use: its header says so. */
  isPreviousInUse(at: number): boolean {
    const low = this.#window.holds(at, chunkHeaderBytes)
      ? this.#window.lowWord(at + 8)
      : (this.#window.memory.readWord(at + 8) ?? 0);
    return low % 2 !== 0;
  }

  /** The bytes of the mapping that one chunk has for itself; from glibc 2.43 on its size leaves out its own header. */
  mappedSize(at: number, end: number): number {
    this.#window.load(at, chunkHeaderBytes);
    const size = this.#window.word(at + 8);
    const bytes = size - (size % 8);
    const total = Math.ceil(bytes / pageSize) * pageSize;
    const valid = size % 8 === mmapped && (total === bytes || total === bytes + chunkHeaderBytes) && at + total <= end;
    return valid && this.#window.word(at) === 0 ? total : 0;
  }

  /** Counts the object in a chunk; false when there is none. */
  count(at: number, size: number): boolean {
    // Its last 8 bytes are the next chunk's first, so the user has size - 8.
    const bytes = size - 8;
    const head = Math.min(size - chunkHeaderBytes, objectHeadBytes);
    const object = this.#window.load(at, chunkHeaderBytes + head) + chunkHeaderBytes / 4;
    const counted = this.#tally.countBlock(this.#window.words, object, bytes, this.#prefixWords);
    if (counted) this.usedBytes += size;
    return counted;
  }
}
