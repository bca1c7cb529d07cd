// Threads' heaps of glibc's malloc (malloc/arena.c of glibc 2.28 to 2.43): up to 64 MiB at multiples of 64 MiB, each
// begins with struct heap_info {ar_ptr, prev, size, mprotect_size}; the first of an arena holds its malloc_state as well.
import { pageSize } from '../../../memory/pagemap.ts';
import { notMainArena } from './malloc-chunks.ts';
import type { MallocHeap } from './malloc-heap.ts';
import type { MemoryWindow } from './memory-window.ts';

export const heapMaxBytes = 64 * 2 ** 20; // HEAP_MAX_SIZE
const heapInfoBytes = 32;
/** struct malloc_state, which holds an arena and lies before the chunks of its first heap: 2,112 bytes in 2.43. */
const leastMallocStateBytes = 2048;
const mostMallocStateBytes = 2304;

/**
 * The heap that begins at a multiple of 64 MiB; undefined when there is none. `end` is the furthest that it may reach: it
 * may have grown beyond its mapping since that was read.
 */
export function findThreadHeap(window: MemoryWindow, at: number, end: number): MallocHeap | undefined {
  window.load(at, heapInfoBytes);
  const arenaLow = window.word(at);
  const previous = window.word(at + 8);
  const size = window.word(at + 16);
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
    window.word(at + 24) >= size;
  if (!valid) return undefined;
  return {
    first: previous === 0 ? endOfMallocState(window, arenaLow, size) : at + heapInfoBytes,
    end: at + size,
    flag: notMainArena,
    endNow: () => at + Math.min(window.memory.readWord(at + 16) ?? 0, heapMaxBytes),
  };
}

/** The struct ends in system_mem and max_system_mem: whole pages, no less than the heap. */
function endOfMallocState(window: MemoryWindow, arena: number, heapBytes: number): number {
  window.load(arena, mostMallocStateBytes + 16);
  for (let at = arena + leastMallocStateBytes; at < arena + mostMallocStateBytes; at += 8) {
    const [system, most] = [window.word(at), window.word(at + 8)];
    if (system >= heapBytes && most >= system && most < 2 ** 46 && system % pageSize === 0 && most % pageSize === 0) {
      return Math.ceil((at + 16) / 16) * 16;
    }
  }
  return arena + leastMallocStateBytes;
}
