// glibc's malloc, where CPython puts objects over 512 bytes. The main arena is `[heap]`; threads' heaps, chunks with a
// mapping of their own, pymalloc's arenas, and what is not ours, lie side by side in anonymous mappings.
import { findMapping, type Mapping } from '../../../memory/mappings.ts';
import { pageSize } from '../../../memory/pagemap.ts';
import { readMappings } from '../../../memory/process-memory.ts';
import { firstArenaFrom } from '../arenas.ts';
import { MallocChunks } from './malloc-chunks.ts';
import { type MallocHeap, walkHeap } from './malloc-heap.ts';
import { MemoryWindow } from './memory-window.ts';
import type { ScanInput } from './scan-pools.ts';
import { findThreadHeap, heapMaxBytes } from './thread-heap.ts';

/** How much memory of unknown use between the mappings we know is searched for chunks, page by page. */
const maxProbedBytes = 256 * 2 ** 20;

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
  const scan = new Scan(input);
  for (const mapping of input.mappings) {
    if (!mapping.readable || !mapping.writable || mapping.shared || mapping.inode !== 0) continue;
    if (mapping.path === '[heap]') scan.mainHeap(mapping);
    else if (mapping.path === '' || mapping.path.startsWith('[anon:')) scan.mapping(mapping);
  }
  return scan.result();
}

class Scan {
  readonly #input: ScanInput;
  readonly #window: MemoryWindow;
  readonly #chunks: MallocChunks;
  #refusedBytes = 0;
  #committedBytes = 0;
  #probedBytes = 0;

  constructor(input: ScanInput) {
    this.#input = input;
    this.#window = new MemoryWindow(input.memory, input.abort);
    this.#chunks = new MallocChunks(this.#window, input.tally, input.prefixBytes);
  }

  result(): MallocScan {
    return {
      scannedBytes: this.#window.scannedBytes,
      refusedBytes: this.#refusedBytes,
      usedBytes: this.#chunks.usedBytes,
      committedBytes: this.#committedBytes,
    };
  }

  mainHeap({ start, end }: Mapping): void {
    const endNow = () => findMapping(readMappings(this.#input.memory.process), start)?.end ?? start;
    this.#heap(start, { first: start, end, flag: 0, endNow });
  }

  mapping({ start, end }: Mapping): void {
    const { arenas, layout } = this.#input;
    let arena = firstArenaFrom(arenas, start - layout.arenaBytes + 1);
    let at = start;
    while (at < end) {
      const next = arenas[arena];
      if (next !== undefined && next.address <= at) {
        at = Math.max(at, next.address + layout.arenaBytes);
        arena++;
        continue;
      }
      const until = Math.min(end, next?.address ?? end);
      this.#window.limitTo(until);
      at = this.#gap(at, until, until === end);
    }
  }

  /** Takes one heap, chunk or page at the start of [at, end); answers where the next begins. */
  #gap(at: number, end: number, isMappingEnd: boolean): number {
    if (at % heapMaxBytes === 0) {
      const heap = findThreadHeap(this.#window, at, isMappingEnd ? at + heapMaxBytes : end);
      if (heap !== undefined) {
        this.#heap(at, heap);
        return heap.end;
      }
    }
    const size = this.#chunks.mappedSize(at, end);
    if (size > 0) {
      if (this.#chunks.count(at, size)) this.#committedBytes += size;
      return at + size;
    }
    this.#probedBytes += pageSize;
    if (this.#probedBytes <= maxProbedBytes) return this.#input.memory.nextPresent(at + pageSize, end);
    this.#refusedBytes += end - at;
    return end;
  }

  #heap(start: number, heap: MallocHeap): void {
    const usedBefore = this.#chunks.usedBytes;
    const { end, lost } = walkHeap(heap, this.#window, this.#chunks);
    this.#refusedBytes += lost;
    if (this.#chunks.usedBytes > usedBefore) this.#committedBytes += end - start;
  }
}
