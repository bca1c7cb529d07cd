import { readAddress } from '../../memory/address.ts';
import type { ProcessMemory } from '../../memory/process-memory.ts';
import type { Isolate } from './isolates.ts';
import type { V8Layout } from './layouts/layout.ts';

/** All regular pages of V8 have this size and lie at multiples of it. */
const pageBytes = 256 * 1024;
/** Far above any `--max-semi-space-size`. */
const mostNewBytes = 2 ** 36;

/** A LinearAllocationArea: objects are laid out from `start` to `top`; up to `limit` there is nothing yet. */
interface AllocationArea {
  readonly start: number;
  readonly top: number;
  readonly limit: number;
}

/**
 * The areas in which the isolate's own thread allocates just now; undefined where there is none. It moves `top` with every
 * object, so a moment later it is another.
 */
export function readAllocationAreas(memory: ProcessMemory, layout: V8Layout, { address, heap }: Isolate) {
  const { from, offset } = layout.spaces.allocationTop;
  const bytes = Buffer.alloc(6 * 8);
  memory.read((from === 'heap' ? heap : address) + offset - 8, bytes, 0, bytes.length);
  return { inNewSpace: parseArea(bytes, 0), inOldSpace: parseArea(bytes, 24) };
}

function parseArea(bytes: Buffer, at: number): AllocationArea | undefined {
  const [start, top, limit] = [readAddress(bytes, at), readAddress(bytes, at + 8), readAddress(bytes, at + 16)];
  return start > 0 && start <= top && top <= limit && limit - start <= pageBytes ? { start, top, limit } : undefined;
}

/** The semi-space in use: bytes of its pages, and where in the last of them objects begin. */
interface SemiSpace {
  readonly bytes: number;
  readonly low: number;
}

/** Undefined under --minor-ms, whose new space is built otherwise. */
export function readSemiSpace(memory: ProcessMemory, layout: V8Layout, isolate: Isolate): SemiSpace | undefined {
  const { pointer, capacity, currentPage, mayBeEmpty } = layout.spaces.newSpace;
  const space = readAddress(isolate.heapBytes, pointer);
  const bytes = memory.readWord(space + capacity);
  const page = memory.readWord(space + currentPage);
  if (mayBeEmpty && bytes === 0 && page === 0) return { bytes: 0, low: 0 };
  if (!bytes || !page || bytes % pageBytes !== 0 || bytes > mostNewBytes) return undefined;
  const low = memory.readWord(page + layout.page.areaStart);
  return low === undefined ? undefined : { bytes, low };
}

/**
 * Bytes allocated in it, as NewSpace::Size() of src/heap/new-spaces.h counts them: all pages up to the last one, and of that
 * what lies before `top`. Undefined in the middle of a collection.
 */
export function readNewSpaceUsed(
  memory: ProcessMemory,
  layout: V8Layout,
  isolate: Isolate,
  { bytes, low }: SemiSpace,
): number | undefined {
  if (bytes === 0) return 0;
  const { pointer, nextArea } = layout.spaces.newSpace;
  const next = nextArea && memory.readWord(readAddress(isolate.heapBytes, pointer) + nextArea);
  // After a collection there may be no area yet.
  const top = readAllocationAreas(memory, layout, isolate).inNewSpace?.top ?? next ?? 0;
  const areaBytes = pageBytes - (low % pageBytes);
  return top < low || top > low + areaBytes ? undefined : (bytes / pageBytes - 1) * areaBytes + (top - low);
}

/** What the old space counts as used although it is still empty: the rest of the area in which it allocates. */
export function openAreaBytes(memory: ProcessMemory, layout: V8Layout, isolate: Isolate): number {
  const area = readAllocationAreas(memory, layout, isolate).inOldSpace;
  return area === undefined ? 0 : area.limit - area.top;
}
