// glibc's malloc, where CPython puts objects over 512 bytes: malloc/malloc.c and malloc/arena.c of glibc 2.28 to 2.43.
// A chunk: size of the one before (u64), own size with flags in its low three bits (u64), then the user's bytes. Flags:
// 1 the chunk before is in use, 2 a mapping of its own, 4 not in the main arena. The main arena is `[heap]`; threads'
// arenas are heaps of up to 64 MiB at multiples of 64 MiB: struct heap_info {ar_ptr, prev, size, mprotect_size}.
import { findMapping, type Mapping } from '../../memory/mappings.ts';
import { pageSize } from '../../memory/pagemap.ts';
import { type ProcessMemory, readMappings } from '../../memory/process-memory.ts';
import type { AbortFlag } from '../../model/census.ts';
import { checkAbort } from '../abort.ts';
import { type Arena, firstArenaFrom } from './arenas.ts';
import type { ScanInput } from './scan-pools.ts';
import type { Tally } from './tally.ts';

const windowBytes = 256 * 1024;
const heapMaxBytes = 64 * 2 ** 20; // HEAP_MAX_SIZE
const chunkHeaderBytes = 16;
const minimumChunkBytes = 32;
/** What an object's header needs of a chunk, with debug hooks, pre-header and the collector's header before it. */
const objectHeadBytes = 80;
const heapInfoBytes = 32;
/** struct malloc_state, which holds an arena and lies before the chunks of its first heap: 2,112 bytes in 2.43. */
const leastMallocStateBytes = 2048;
const mostMallocStateBytes = 2304;
const notMainArena = 4;
const mmapped = 2;
/** How much memory of unknown use between the mappings we know is searched for chunks, page by page. */
const maxProbedBytes = 256 * 2 ** 20;
/** How often a heap's end is looked up anew where its chain of chunks breaks: it may breathe all the time. */
const mostLooksAtEnd = 8;
const looksFromStart = 3;
/** How often a lost chain is sought far ahead, 3 us each: in a heap made of sizes that lead nowhere it would never end. */
const maxFarLooks = 65_536;

export interface MallocScan {
  readonly scannedBytes: number;
  /** Bytes of heaps where the chain of chunks was lost. */
  readonly refusedBytes: number;
  /** In chunks that hold an object. */
  readonly usedBytes: number;
  /** Of heaps and mapped chunks in which an object was found. */
  readonly committedBytes: number;
}

/** Counts the objects that malloc holds. The arenas are pymalloc's, whose memory is no chunk. */
export function scanMalloc(input: ScanInput & { readonly mappings: readonly Mapping[] }): MallocScan {
  const walk = new MallocWalk(input);
  for (const mapping of input.mappings) {
    if (!mapping.readable || !mapping.writable || mapping.shared || mapping.inode !== 0) continue;
    if (mapping.path === '[heap]') walk.mainHeap(mapping);
    else if (mapping.path === '' || mapping.path.startsWith('[anon:')) {
      walk.mapping(mapping, input.arenas, input.layout.arenaBytes);
    }
  }
  return walk;
}

class MallocWalk implements MallocScan {
  scannedBytes = 0;
  refusedBytes = 0;
  usedBytes = 0;
  committedBytes = 0;
  readonly #memory: ProcessMemory;
  readonly #tally: Tally;
  readonly #abort: AbortFlag;
  readonly #prefixWords: number;
  readonly #bytes = new Uint8Array(windowBytes);
  readonly #words = new Int32Array(this.#bytes.buffer);
  /** What the window holds: [windowStart, windowEnd). */
  #windowStart = 0;
  #windowEnd = 0;
  /** Where the memory that is walked ends: what is mapped behind it is not ours to read. */
  #limit = 0;
  #probedBytes = 0;
  #farLooks = 0;

  constructor({ memory, tally, abort, prefixBytes }: ScanInput) {
    this.#memory = memory;
    this.#tally = tally;
    this.#abort = abort;
    this.#prefixWords = prefixBytes / 4;
  }

  /** The main arena's heap, `[heap]`. */
  mainHeap({ start, end }: Mapping): void {
    const endNow = () => findMapping(readMappings(this.#memory.process), start)?.end ?? start;
    this.#heap(start, start, end, 0, endNow);
  }

  /** Follows the chain of chunks in [from, end) of a heap that lies at `start`, and may grow or shrink meanwhile. */
  #heap(start: number, from: number, endBefore: number, flags: 0 | typeof notMainArena, endNow: () => number): void {
    const usedBefore = this.usedBytes;
    let end = endBefore;
    let lost = 0;
    let begun = false;
    let chained = false;
    let looksLeft = mostLooksAtEnd;
    let [checkpoint, nextCheckpoint] = [from, from];
    this.#limitTo(end);
    for (let at = from; at + minimumChunkBytes <= end; ) {
      const size = this.#chunkSize(at, end, flags);
      if (size === 0 && chained && looksLeft-- > 0) {
        end = endNow();
        // The checkpoint may be no chunk any more: the last looks follow the chain from the heap's start.
        const joined = this.#rejoin(looksLeft < looksFromStart ? from : checkpoint, at, end, flags);
        // Not joined: it changed once more meanwhile, so the next look may do; after the last one the chain is lost.
        chained = joined > 0 || looksLeft > 0;
        at = Math.max(at, joined);
        continue;
      }
      if (size === 0) {
        at += 16;
        chained = false;
        if (begun) lost += 16;
        continue;
      }
      // A chain is picked up again only where the next header is valid too.
      const next = at + size;
      if (!chained && next + minimumChunkBytes <= end && !this.#isChunk(next, end, flags)) {
        if (this.#farLooks > maxFarLooks) {
          lost += end - at;
          break;
        }
        at += 16;
        if (begun) lost += 16;
        continue;
      }
      begun = true;
      chained = true;
      if (at - nextCheckpoint > windowBytes) [checkpoint, nextCheckpoint] = [nextCheckpoint, at];
      // The top is free, and a free chunk may still hold what looks like an object: `realloc` leaves it there.
      if (next < end && this.#isInUse(next)) this.#countChunk(at, size);
      at = next;
    }
    this.refusedBytes += lost;
    if (this.usedBytes > usedBefore) this.committedBytes += end - start;
  }

  /**
   * The chain broke at `lost`: what lay before was read earlier, and chunks may have been split, merged or given back
   * since. Follows it again, as it is now, from a chunk some way back; answers the first that begins at or after `lost`,
   * or 0.
   */
  #rejoin(checkpoint: number, lost: number, end: number, flags: number): number {
    this.#limitTo(end);
    this.#windowEnd = this.#windowStart;
    let at = checkpoint;
    while (at < lost) {
      const size = at + minimumChunkBytes <= end ? this.#chunkSize(at, end, flags) : 0;
      if (size === 0) return 0;
      at += size;
    }
    return at;
  }

  /** An anonymous mapping: threads' heaps, mapped chunks, pymalloc's arenas, and what is not ours, side by side. */
  mapping({ start, end }: Mapping, arenas: readonly Arena[], arenaBytes: number): void {
    let arena = firstArenaFrom(arenas, start - arenaBytes + 1);
    let at = start;
    while (at < end) {
      const next = arenas[arena];
      if (next !== undefined && next.address <= at) {
        at = Math.max(at, next.address + arenaBytes);
        arena++;
        continue;
      }
      const until = Math.min(end, next?.address ?? end);
      this.#limitTo(until);
      at = this.#gap(at, until, until === end);
    }
  }

  /** Takes one heap, chunk or page at the start of [at, end); answers where the next begins. */
  #gap(at: number, end: number, isMappingEnd: boolean): number {
    if (at % heapMaxBytes === 0) {
      const heapEnd = this.#threadHeap(at, isMappingEnd ? at + heapMaxBytes : end);
      if (heapEnd > at) return heapEnd;
    }
    const size = this.#mappedChunkSize(at, end);
    if (size > 0) {
      if (this.#countChunk(at, size)) this.committedBytes += size;
      return at + size;
    }
    this.#probedBytes += pageSize;
    if (this.#probedBytes <= maxProbedBytes) return this.#memory.nextPresent(at + pageSize, end);
    this.refusedBytes += end - at;
    return end;
  }

  /** `end` is the furthest that it may reach: it may have grown beyond its mapping since that was read. */
  #threadHeap(at: number, end: number): number {
    this.#load(at, heapInfoBytes);
    const arenaLow = this.#word(at);
    const previous = this.#word(at + 8);
    const size = this.#word(at + 16);
    const valid =
      arenaLow !== 0 &&
      arenaLow % 16 === 0 &&
      previous % heapMaxBytes === 0 &&
      // The first heap of an arena holds the arena's own struct right behind this one.
      (previous === 0 ? arenaLow - at >= heapInfoBytes && arenaLow - at <= 128 : arenaLow % heapMaxBytes <= 128) &&
      size >= pageSize &&
      size % pageSize === 0 &&
      size <= heapMaxBytes &&
      at + size <= end &&
      this.#word(at + 24) >= size;
    if (!valid) return at;
    const first = previous === 0 ? this.#endOfMallocState(arenaLow, size) : at + heapInfoBytes;
    this.#heap(
      at,
      first,
      at + size,
      notMainArena,
      () => at + Math.min(this.#memory.readWord(at + 16) ?? 0, heapMaxBytes),
    );
    return at + size;
  }

  /** The struct ends in system_mem and max_system_mem: whole pages, no less than the heap. */
  #endOfMallocState(arena: number, heapBytes: number): number {
    this.#load(arena, mostMallocStateBytes + 16);
    for (let at = arena + leastMallocStateBytes; at < arena + mostMallocStateBytes; at += 8) {
      const [system, most] = [this.#word(at), this.#word(at + 8)];
      if (system >= heapBytes && most >= system && most < 2 ** 46 && system % pageSize === 0 && most % pageSize === 0) {
        return Math.ceil((at + 16) / 16) * 16;
      }
    }
    return arena + leastMallocStateBytes;
  }

  /** The bytes of the mapping that one chunk has for itself; from glibc 2.43 on its size leaves out its own header. */
  #mappedChunkSize(at: number, end: number): number {
    this.#load(at, chunkHeaderBytes);
    const size = this.#word(at + 8);
    const bytes = size - (size % 8);
    const total = Math.ceil(bytes / pageSize) * pageSize;
    const valid = size % 8 === mmapped && (total === bytes || total === bytes + chunkHeaderBytes) && at + total <= end;
    return valid && this.#word(at) === 0 ? total : 0;
  }

  /** 0 when there is no chunk header of a heap at the address. */
  #chunkSize(at: number, end: number, flags: number): number {
    this.#load(at, chunkHeaderBytes);
    const low = this.#words[(at - this.#windowStart + 8) >>> 2]!;
    // In a thread's heap free chunks and the top do not say that they are not the main arena's.
    if ((low & (mmapped | 8 | (notMainArena & ~flags))) !== 0) return 0;
    const size = this.#word(at + 8) - (low & 7);
    return size >= minimumChunkBytes && at + size <= end ? size : 0;
  }

  /** Whether there is a chunk header, without moving the window to where it may be. */
  #isChunk(at: number, end: number, flags: number): boolean {
    if (at >= this.#windowStart && at + chunkHeaderBytes <= this.#windowEnd) return this.#chunkSize(at, end, flags) > 0;
    this.#farLooks++;
    const word = this.#memory.readWord(at + 8) ?? 0;
    const size = word - (word % 8);
    const wrong = mmapped | 8 | (notMainArena & ~flags);
    return ((word % 16) & wrong) === 0 && size >= minimumChunkBytes && at + size <= end;
  }

  /** Whether the chunk before this one is in use: its header says so. */
  #isInUse(next: number): boolean {
    const inWindow = next >= this.#windowStart && next + chunkHeaderBytes <= this.#windowEnd;
    const low = inWindow ? this.#words[(next - this.#windowStart + 8) >>> 2]! : (this.#memory.readWord(next + 8) ?? 0);
    return low % 2 !== 0;
  }

  #countChunk(at: number, size: number): boolean {
    // Its last 8 bytes are the next chunk's first, so the user has size - 8.
    const bytes = size - 8;
    const head = Math.min(size - chunkHeaderBytes, objectHeadBytes);
    this.#load(at, chunkHeaderBytes + head);
    const counted = this.#tally.countBlock(
      this.#words,
      (at + chunkHeaderBytes - this.#windowStart) >>> 2,
      bytes,
      this.#prefixWords,
    );
    if (counted) this.usedBytes += size;
    return counted;
  }

  /** What was read under another limit may have been cut short. */
  #limitTo(end: number): void {
    if (end === this.#limit) return;
    this.#limit = end;
    this.#windowEnd = this.#windowStart;
  }

  /** Makes sure that the window holds [address, address + length). */
  #load(address: number, length: number): void {
    if (address >= this.#windowStart && address + length <= this.#windowEnd) return;
    checkAbort(this.#abort);
    this.#windowStart = address - (address % pageSize);
    this.#windowEnd = this.#windowStart + windowBytes;
    const wanted = Math.min(windowBytes, Math.max(0, this.#limit - this.#windowStart));
    this.scannedBytes += this.#memory.read(this.#windowStart, this.#bytes, 0, wanted);
    this.#bytes.fill(0, wanted);
  }

  #word(address: number): number {
    const index = (address - this.#windowStart) >>> 2;
    return (this.#words[index + 1]! >>> 0) * 2 ** 32 + (this.#words[index]! >>> 0);
  }
}
