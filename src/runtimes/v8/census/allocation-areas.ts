// Where V8 allocates just now: LinearAllocationArea of src/heap/linear-allocation-area.h, three words {start, top, limit}.
// What lies in [top, limit) is of no use to anybody. They are part of the isolate, of its heap, or of a space.
import { readAddress } from '../../../memory/address.ts';
import type { ProcessMemory } from '../../../memory/process-memory.ts';
import type { Isolate } from '../isolates.ts';
import type { V8Layout } from '../layouts/layout.ts';
import { type HeapPage, pageBytes } from './pages.ts';

/** What of an isolate and of a space may hold areas. */
const isolateTailBytes = 0xe00;
const spaceBytes = 0x300;
/** That of the old space stands behind that of the new one. */
const areaBytes = 24;

/** Where in old pages objects are allocated just now. Areas come and go as the process allocates. */
export class AllocationAreas {
  readonly #memory: ProcessMemory;
  readonly #layout: V8Layout;
  readonly #isolates: ReadonlyMap<number, Isolate>;
  /** Addresses of the `top` of those there were at first, by their pages. */
  readonly #found: ReadonlyMap<number, number>;

  constructor(memory: ProcessMemory, isolates: readonly Isolate[], pages: readonly HeapPage[], layout: V8Layout) {
    this.#memory = memory;
    this.#layout = layout;
    this.#isolates = new Map(isolates.map((isolate) => [isolate.heap, isolate]));
    this.#found = findAreas(memory, isolates, pages);
  }

  /** The part of a page that is being allocated, [top, limit), now; undefined when there is none. */
  read(page: HeapPage): readonly [number, number] | undefined {
    const isolate = this.#isolates.get(page.heap);
    if (isolate === undefined) return undefined;
    const { allocationTop, pagedTop } = this.#layout.spaces;
    const young = (allocationTop.from === 'heap' ? isolate.heap : isolate.address) + allocationTop.offset;
    return (
      this.#readAt(page, young + areaBytes) ??
      this.#readAt(page, this.#found.get(page.address)) ??
      (pagedTop === undefined ? undefined : this.#readAt(page, page.space + pagedTop))
    );
  }

  #readAt(page: HeapPage, topAddress: number | undefined): readonly [number, number] | undefined {
    if (topAddress === undefined) return undefined;
    const words = new Float64Array(3);
    readWords(this.#memory, topAddress - 8, words);
    const [start = 0, top = 0, limit = 0] = words;
    return isArea(page, start, top, limit) ? [top, limit] : undefined;
  }
}

/** Three ascending addresses in one page are nothing else. */
function findAreas(
  memory: ProcessMemory,
  isolates: readonly Isolate[],
  pages: readonly HeapPage[],
): ReadonlyMap<number, number> {
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

function isArea(page: HeapPage, start: number, top: number, limit: number): boolean {
  const aligned = start % 8 === 0 && top % 8 === 0 && limit % 8 === 0;
  return aligned && start >= page.start && start <= top && top < limit && limit <= page.end;
}

function readWords(memory: ProcessMemory, address: number, into: Float64Array): void {
  const bytes = Buffer.alloc(into.length * 8);
  memory.read(address, bytes, 0, bytes.length);
  for (let index = 0; index < into.length; index++) {
    into[index] = readAddress(bytes, index * 8);
  }
}
