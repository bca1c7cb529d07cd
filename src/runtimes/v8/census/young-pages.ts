// Where the new generation's objects are: SemiSpaceNewSpace and PagedNewSpace of src/heap of V8 10.2 to 14.6.
import { readAddress } from '../../../memory/address.ts';
import type { ProcessMemory } from '../../../memory/process-memory.ts';
import type { Isolate } from '../isolates.ts';
import type { V8Layout } from '../layouts/layout.ts';
import { readAllocationAreas } from '../new-space.ts';
import { type HeapPage, toFlag } from './pages.ts';

/**
 * The young pages that have objects now, each with the end of its last one: objects are laid out from page to page of a
 * list, up to the one in use. Undefined when the list leads to a page that is not among `pages`.
 */
export function findYoungEnds(
  memory: ProcessMemory,
  isolates: readonly Isolate[],
  pages: readonly HeapPage[],
  layout: V8Layout,
): ReadonlyMap<HeapPage, number> | undefined {
  const young = new Map(pages.filter((page) => page.generation === 'young').map((page) => [page.base, page]));
  const ends = new Map<HeapPage, number>();
  for (const page of young.values()) if (page.isLarge && isInUse(memory, page)) ends.set(page, page.end);
  const { pointer, firstPage, currentPage, nextArea } = layout.spaces.newSpace;
  for (const isolate of isolates) {
    const space = readAddress(isolate.heapBytes, pointer);
    const current = memory.readWord(space + currentPage);
    const open = readAllocationAreas(memory, layout, isolate).inNewSpace?.top;
    const top = open ?? (nextArea === undefined ? 0 : (memory.readWord(space + nextArea) ?? 0));
    let at = memory.readWord(space + firstPage);
    for (let count = 0; at && count < young.size; count++) {
      const page = young.get(at);
      if (page === undefined) return undefined;
      ends.set(page, at === current && top >= page.start && top <= page.end ? top : page.end);
      if (at === current) break;
      at = memory.readWord(at + layout.page.nextPage);
    }
  }
  return ends;
}

/** False for the half that a collection has emptied. */
export function isInUse(memory: ProcessMemory, page: HeapPage): boolean {
  return ((memory.readWord(page.flags) ?? 0) & toFlag) !== 0;
}
