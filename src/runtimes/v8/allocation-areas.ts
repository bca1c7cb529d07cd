// Where V8 allocates just now: LinearAllocationArea of src/heap/linear-allocation-area.h, three words {start, top, limit}.
// What lies in [top, limit) is of no use to anybody. They are part of the isolate, of its heap, or of a space.
import type { ProcessMemory } from '../../memory/process-memory.ts';
import type { Isolate } from './isolates.ts';
import { type NewSpaceLayout, newSpaceLayouts } from './layouts/new-space.ts';
import { type HeapPage, pageBytes } from './pages.ts';

/** What of an isolate and of a space may hold areas. */
const isolateTailBytes = 0xe00;
const spaceBytes = 0x300;

/** Where areas lie: the address of the area's `top`, by the page that it is in. They move as the process allocates. */
export type AllocationAreas = ReadonlyMap<number, number>;

/** Finds the areas of all old pages: three ascending addresses in one page are nothing else. */
export function findAllocationAreas(
  memory: ProcessMemory,
  isolates: readonly Isolate[],
  pages: readonly HeapPage[],
): AllocationAreas {
  const byAddress = new Map(pages.filter((page) => page.generation === 'old').map((page) => [page.address, page]));
  const areas = new Map<number, number>();
  const search = (from: number, bytes: number) => {
    const words = new Float64Array(bytes / 8);
    readWords(memory, from, words);
    for (let index = 0; index + 2 < words.length; index++) {
      const [start = 0, top = 0, limit = 0] = words.subarray(index, index + 3);
      const page = byAddress.get(top - (top % pageBytes));
      if (page !== undefined && isArea(page, start, top, limit)) areas.set(page.address, from + (index + 1) * 8);
    }
  };
  for (const { address, heap } of isolates) search(address, heap - address + isolateTailBytes);
  for (const space of new Set([...byAddress.values()].map(({ space }) => space))) search(space, spaceBytes);
  return areas;
}

/** The part of a page that is being allocated, [top, limit), now; undefined when there is none any more. */
export function readArea(memory: ProcessMemory, page: HeapPage, topAddress: number): [number, number] | undefined {
  const words = new Float64Array(3);
  readWords(memory, topAddress - 8, words);
  const [start = 0, top = 0, limit = 0] = words;
  return isArea(page, start, top, limit) ? [top, limit] : undefined;
}

/** The young pages that have objects, each with the end of its last one. The others are of the past. */
export function findYoungEnds(
  memory: ProcessMemory,
  isolates: readonly Isolate[],
  pages: readonly HeapPage[],
  version: string,
): ReadonlyMap<HeapPage, number> {
  const layout = newSpaceLayouts[version];
  const young = new Map(pages.filter((page) => page.generation === 'young').map((page) => [page.base, page]));
  const ends = new Map<HeapPage, number>();
  for (const page of young.values()) if (page.isLarge) ends.set(page, page.end);
  for (const isolate of layout === undefined ? [] : isolates) {
    const own = [...young.values()].find((page) => page.heap === isolate.heap && !page.isLarge);
    if (own === undefined || layout === undefined) continue;
    const top = memory.readWord(topAddress(isolate, layout)) ?? 0;
    const current = memory.readWord(own.space + layout.currentPage);
    let at = memory.readWord(own.space + layout.firstPage);
    for (let count = 0; at && count < young.size; count++) {
      const page = young.get(at);
      if (page === undefined) break;
      const isTop = top >= page.start && top <= page.end;
      ends.set(page, isTop ? top : page.end);
      if (at === current) break;
      at = memory.readWord(at + layout.nextPage);
    }
  }
  return ends;
}

function topAddress({ address, heap }: Isolate, { top }: NewSpaceLayout): number {
  return 'fromIsolate' in top ? address + top.fromIsolate : heap + top.fromHeap;
}

function isArea(page: HeapPage, start: number, top: number, limit: number): boolean {
  const aligned = start % 8 === 0 && top % 8 === 0 && limit % 8 === 0;
  return aligned && start >= page.start && start <= top && top < limit && limit <= page.end;
}

function readWords(memory: ProcessMemory, address: number, into: Float64Array): void {
  const bytes = Buffer.alloc(into.length * 8);
  memory.read(address, bytes, 0, bytes.length);
  for (let index = 0; index < into.length; index++) {
    into[index] = bytes.readUInt32LE(index * 8 + 4) * 2 ** 32 + bytes.readUInt32LE(index * 8);
  }
}
