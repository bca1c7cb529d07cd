// The pages of V8's heaps: MemoryChunk of src/heap of V8 10.2 to 14.6. Each begins at a multiple of 256 KiB with a header
// that names its heap; an object too large for one has a page of its own, as long as it needs.
import { readAddress } from '../../../memory/address.ts';
import type { Mapping } from '../../../memory/mappings.ts';
import { type ProcessMemory, readMappings } from '../../../memory/process-memory.ts';
import type { AbortFlag } from '../../../model/census.ts';
import { checkAbort } from '../../abort.ts';
import type { AttachedNode } from '../attach.ts';
import type { Isolate } from '../isolates.ts';
import type { V8Layout } from '../layouts/layout.ts';

export const pageBytes = 256 * 1024;

export interface HeapPage {
  readonly address: number;
  /** Of its fields: the page itself, or its metadata where that is apart. */
  readonly base: number;
  /** Of the Heap and of the Space that it belongs to. */
  readonly heap: number;
  readonly space: number;
  /** Where objects lie: [start, end). */
  readonly start: number;
  readonly end: number;
  /**
   * `young`: either half of the new generation, with objects or without. `old`: everything that has outlived it. `shared`:
   * made once for all isolates and never collected.
   */
  readonly generation: 'young' | 'old' | 'shared';
  /** It holds one object. */
  readonly isLarge: boolean;
  /** Addresses: 32 bits each, and a bitmap for the first 256 KiB. */
  readonly flags: number;
  readonly sweepState: number;
  readonly markBits: number;
}

/** Enough for every layout's header. */
const headerBytes = 128;
/** What of a space may hold its list of pages. */
const spaceBytes = 0x300;
/** FROM_PAGE and TO_PAGE: the two halves of the new generation, which a collection exchanges. Objects are in the latter. */
const fromFlag = 1 << 3;
export const toFlag = 1 << 4;
/** Code pages keep their first 12 KiB for themselves. */
const mostHeaderBytes = 16 * 1024;

/** As `findPages`, as the process is mapped now. */
export function listPages(node: AttachedNode, isolates: readonly Isolate[], abort: AbortFlag): HeapPage[] {
  return findPages(node.memory, readMappings(node.memory.process), isolates, node.layout, abort);
}

/** Finds the pages of all the isolates, and those that they share, in the order of their addresses. */
export function findPages(
  memory: ProcessMemory,
  mappings: readonly Mapping[],
  isolates: readonly Isolate[],
  layout: V8Layout,
  abort: AbortFlag,
): HeapPage[] {
  const reader = new HeaderReader(memory, isolates, layout);
  const pages: HeapPage[] = [];
  for (const mapping of mappings) {
    if (!mapping.readable || mapping.inode !== 0 || mapping.path.startsWith('[')) continue;
    checkAbort(abort);
    let at = Math.ceil(mapping.start / pageBytes) * pageBytes;
    while (at < mapping.end) {
      const page = reader.read(at, mapping);
      if (page !== undefined) pages.push(page);
      at = Math.max(at + pageBytes, Math.ceil((page?.end ?? 0) / pageBytes) * pageBytes);
    }
  }
  return pages;
}

class HeaderReader {
  readonly #memory: ProcessMemory;
  readonly #layout: V8Layout['page'];
  readonly #heaps: ReadonlySet<number>;
  readonly #largeSpaces: ReadonlySet<number>;
  readonly #header = Buffer.alloc(headerBytes);
  readonly #metadata = Buffer.alloc(headerBytes);
  readonly #space = Buffer.alloc(spaceBytes);

  constructor(memory: ProcessMemory, isolates: readonly Isolate[], { page, spaces }: V8Layout) {
    this.#memory = memory;
    this.#layout = page;
    this.#heaps = new Set(isolates.map(({ heap }) => heap));
    this.#largeSpaces = new Set(
      isolates.flatMap(({ heapBytes }) => Object.values(spaces.large).map((offset) => readAddress(heapBytes, offset))),
    );
  }

  /** Undefined when no page of objects begins at the address. */
  read(address: number, { writable }: Mapping): HeapPage | undefined {
    const layout = this.#layout;
    if (this.#memory.read(address, this.#header, 0, headerBytes) < headerBytes) return undefined;
    const flags = this.#header.readUInt32LE(layout.flags);
    let [fields, base] = [this.#header, address];
    if (layout.form === 'split') {
      [fields, base] = [this.#metadata, readAddress(this.#header, layout.metadata)];
      if (this.#memory.read(base, fields, 0, headerBytes) < headerBytes) return undefined;
    }
    const heap = readAddress(fields, layout.heap);
    const isShared = heap === 0 && !writable;
    if (!isShared && !this.#heaps.has(heap)) return undefined;
    const start = readAddress(fields, layout.areaStart);
    const end = readAddress(fields, layout.areaEnd);
    const space = readAddress(fields, layout.owner);
    const isLarge = this.#largeSpaces.has(space);
    if (start <= address || start > address + mostHeaderBytes || end < start) return undefined;
    if (end % 8 !== 0 || (!isLarge && end > address + pageBytes)) return undefined;
    const isYoung = (flags & (fromFlag | toFlag)) !== 0;
    if (!isShared && !isYoung && !this.#isListed(base, space)) return undefined;
    return {
      address,
      base,
      heap,
      space,
      start,
      end,
      generation: isShared ? 'shared' : isYoung ? 'young' : 'old',
      isLarge,
      flags: address + layout.flags,
      sweepState: base + layout.sweepState,
      markBits: base + layout.markBits,
    };
  }

  /**
   * Whether a page is in the list of its space: one whose objects a collection has moved, or that had none any more, is not.
   * Its memory is given back later, in 26 as late as at the next collection, and what lies there looks like objects.
   */
  #isListed(base: number, space: number): boolean {
    const next = base + this.#layout.nextPage;
    if (this.#memory.readWord(next) !== 0 || this.#memory.readWord(next + 8) !== 0) return true;
    // The only page of a space has no neighbours either: it is the first and the last of the list.
    this.#memory.read(space, this.#space, 0, spaceBytes);
    const addresses = Array.from({ length: spaceBytes / 8 }, (_, index) => readAddress(this.#space, index * 8));
    return addresses.some((address, index) => address === base && addresses[index + 1] === base);
  }
}
