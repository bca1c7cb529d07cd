import { readAddress } from '../../memory/address.ts';
import type { ProcessMemory } from '../../memory/process-memory.ts';
import { readPlace } from './heap-check.ts';
import type { Isolate } from './isolates.ts';
import type { TracerLayout, V8Layout } from './layouts/layout.ts';
import { openAreaBytes, readNewSpaceUsed } from './new-space.ts';

/** What the counters of one heap say. What was not present, or was just being changed, is absent. */
export interface IsolateVitals {
  /** As v8.getHeapSpaceStatistics() says it, by our names of the spaces. */
  readonly spaceUsedBytes: Readonly<Record<string, number>>;
  readonly committedBytes?: number;
  readonly limitBytes?: number;
  readonly arrayBufferBytes: number;
  /** What V8 knows outside its heap besides: external strings, WebAssembly's memories, what native modules announce. */
  readonly otherExternalBytes?: number;
  readonly majorCollections: number;
  readonly minorCollections: number;
  /** After the last mark-compact: the old generation's objects, and when it ended, by CLOCK_MONOTONIC. */
  readonly lastFull?: { readonly oldBytes: number; readonly endSeconds: number };
}

const idle = 0;
/** v8::internal::Heap::MaxReserved(): two semi-spaces, and as much as one of them for large young objects. */
const semiSpaces = 3;

/** Reads the counters of one heap. */
export function readIsolateVitals(memory: ProcessMemory, layout: V8Layout, isolate: Isolate): IsolateVitals {
  const { heapBytes } = isolate;
  const { heap } = layout;
  const majorCollections = heapBytes.readUInt32LE(heap.fullCollections);
  const isIdle = heapBytes.readUInt32LE(heap.state) === idle;
  const committedBytes = readPlace(memory, heapBytes, heap.committedBytes);
  const maxOldBytes = readPlace(memory, heapBytes, heap.maxOldBytes);
  const arrayBufferBytes = readAddress(heapBytes, heap.backingStoreBytes);
  const externalBytes = sumOfKnown(heap.externalBytes.map((place) => readPlace(memory, heapBytes, place)));
  // In the middle of a collection they are those of the one before, or half of each.
  const lastFull = isIdle && majorCollections > 0 ? readLastFull(memory, layout, heapBytes) : undefined;
  return {
    spaceUsedBytes: readSpaces(memory, layout, isolate),
    ...(committedBytes !== undefined && { committedBytes }),
    ...(maxOldBytes !== undefined && {
      limitBytes: maxOldBytes + semiSpaces * readAddress(heapBytes, heap.maxSemiSpaceBytes),
    }),
    arrayBufferBytes,
    ...(externalBytes !== undefined && { otherExternalBytes: Math.max(0, externalBytes - arrayBufferBytes) }),
    majorCollections,
    minorCollections: heapBytes.readUInt32LE(heap.collections) - majorCollections,
    ...(lastFull && { lastFull }),
  };
}

/** Spaces of large objects are few objects: most processes have none in three of them, which are left out then. */
function readSpaces(memory: ProcessMemory, layout: V8Layout, isolate: Isolate): Record<string, number> {
  const { heapBytes } = isolate;
  const { old, paged, large, pagedUsed, largeUsed } = layout.spaces;
  const spaces: Record<string, number> = {};
  const newBytes = readNewSpaceUsed(memory, layout, isolate);
  if (newBytes !== undefined) spaces.new = newBytes;
  const oldBytes = memory.readWord(readAddress(heapBytes, old[0]!) + pagedUsed);
  const openBytes = layout.spaces.oldUsedHasOpenArea ? openAreaBytes(memory, layout, isolate) : 0;
  if (oldBytes !== undefined) spaces.old = Math.max(0, oldBytes - openBytes);
  for (const [name, pointer] of Object.entries(paged)) {
    const bytes = memory.readWord(readAddress(heapBytes, pointer) + pagedUsed);
    if (bytes !== undefined) spaces[name] = bytes;
  }
  for (const [name, pointer] of Object.entries(large)) {
    const bytes = memory.readWord(readAddress(heapBytes, pointer) + largeUsed);
    if (bytes !== undefined) spaces[name] = bytes;
  }
  return spaces;
}

function sumOfKnown(numbers: readonly (number | undefined)[]): number | undefined {
  return numbers.reduce((sum, number) => (sum === undefined || number === undefined ? undefined : sum + number), 0);
}

function readLastFull(memory: ProcessMemory, { heap, tracer }: V8Layout, heapBytes: Buffer) {
  const oldBytes = readPlace(memory, heapBytes, heap.oldBytesAtLastFull);
  const endSeconds = readTime(memory, readAddress(heapBytes, heap.tracer) + tracer.lastFullEnd, tracer);
  return oldBytes === undefined || endSeconds === undefined ? undefined : { oldBytes, endSeconds };
}

function readTime(memory: ProcessMemory, address: number, { lastFullEndUnit }: TracerLayout): number | undefined {
  const bytes = Buffer.alloc(8);
  if (memory.read(address, bytes, 0, 8) < 8) return undefined;
  const seconds =
    lastFullEndUnit === 'microseconds' ? Number(bytes.readBigInt64LE(0)) / 1e6 : bytes.readDoubleLE(0) / 1e3;
  return Number.isFinite(seconds) && seconds > 0 ? seconds : undefined;
}
