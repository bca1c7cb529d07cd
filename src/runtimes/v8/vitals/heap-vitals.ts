import { readAddress } from '../../../memory/address.ts';
import type { ProcessMemory } from '../../../memory/process-memory.ts';
import { readSize } from '../heap-check.ts';
import type { Isolate } from '../isolates.ts';
import type { TracerLayout, V8Layout } from '../layouts/layout.ts';
import { openAreaBytes, readNewSpaceUsed, readSemiSpace } from '../new-space.ts';
import { sumOfKnown } from './known-sum.ts';

/** What the counters of one heap say. What was not present, or was just being changed, is absent. */
export interface IsolateVitals {
  /** As v8.getHeapSpaceStatistics() says it, by our names of the spaces. */
  readonly spaceUsedBytes: Readonly<Record<string, number>>;
  /** Of all spaces. */
  readonly usedBytes?: number;
  readonly committedBytes?: number;
  readonly limitBytes?: number;
  readonly arrayBufferBytes?: number;
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
  const committedBytes = readSize(memory, heapBytes, heap.committedBytes);
  const maxOldBytes = readSize(memory, heapBytes, heap.maxOldBytes);
  const arrayBufferBytes = readSize(memory, heapBytes, heap.backingStoreBytes);
  const externalBytes = sumOfKnown(heap.externalBytes.map((place) => readSize(memory, heapBytes, place)));
  const youngBytes = Array.from({ length: semiSpaces }, () => readSize(memory, heapBytes, heap.maxSemiSpaceBytes));
  // In the middle of a collection they are those of the one before, or half of each.
  const lastFull = isIdle && majorCollections > 0 ? readLastFull(memory, layout, isolate) : undefined;
  const semiSpace = readSemiSpace(memory, layout, isolate);
  // Without semi-spaces it is made up of other parts.
  const limitBytes = semiSpace && sumOfKnown([maxOldBytes, ...youngBytes]);
  const newBytes = semiSpace && readNewSpaceUsed(memory, layout, isolate, semiSpace);
  const spaces = [['new', newBytes] as const, ...readOldSpaces(memory, layout, isolate)];
  const usedBytes = sumOfKnown(spaces.map(([, bytes]) => bytes));
  return {
    spaceUsedBytes: Object.fromEntries(spaces.flatMap(([name, bytes]) => (bytes === undefined ? [] : [[name, bytes]]))),
    ...(usedBytes !== undefined && { usedBytes }),
    ...(committedBytes !== undefined && { committedBytes }),
    ...(limitBytes !== undefined && { limitBytes }),
    ...(arrayBufferBytes !== undefined && { arrayBufferBytes }),
    ...(externalBytes !== undefined &&
      arrayBufferBytes !== undefined && { otherExternalBytes: Math.max(0, externalBytes - arrayBufferBytes) }),
    majorCollections,
    minorCollections: heapBytes.readUInt32LE(heap.collections) - majorCollections,
    ...(lastFull && { lastFull }),
  };
}

/** By our names of the spaces; undefined when the page is in swap. */
function readOldSpaces(memory: ProcessMemory, layout: V8Layout, isolate: Isolate): [string, number | undefined][] {
  const { old, oldUsedHasOpenArea, paged, large, pagedUsed, largeUsed } = layout.spaces;
  const openBytes = oldUsedHasOpenArea ? openAreaBytes(memory, layout, isolate) : 0;
  const used = (pointer: number, offset: number) => readSize(memory, isolate.heapBytes, { pointer, offset });
  const oldBytes = used(old[0]!, pagedUsed);
  return [
    ['old', oldBytes && Math.max(0, oldBytes - openBytes)],
    ...Object.entries(paged).map(([name, at]): [string, number | undefined] => [name, used(at, pagedUsed)]),
    ...Object.entries(large).map(([name, at]): [string, number | undefined] => [name, used(at, largeUsed)]),
  ];
}

/** Undefined also when the next one came while the two were read: they would not belong together. */
function readLastFull(memory: ProcessMemory, { heap, tracer }: V8Layout, isolate: Isolate) {
  const { heapBytes } = isolate;
  const oldBytes = readSize(memory, heapBytes, heap.oldBytesAtLastFull);
  const endSeconds = readTime(memory, readAddress(heapBytes, heap.tracer) + tracer.lastFullEnd, tracer);
  const now = Buffer.alloc(4);
  memory.read(isolate.heap + heap.fullCollections, now, 0, 4);
  const isSame = now.readUInt32LE(0) === heapBytes.readUInt32LE(heap.fullCollections);
  return !isSame || oldBytes === undefined || endSeconds === undefined ? undefined : { oldBytes, endSeconds };
}

function readTime(memory: ProcessMemory, address: number, { lastFullEndUnit }: TracerLayout): number | undefined {
  const bytes = Buffer.alloc(8);
  if (memory.read(address, bytes, 0, 8) < 8) return undefined;
  const seconds =
    lastFullEndUnit === 'microseconds' ? Number(bytes.readBigInt64LE(0)) / 1e6 : bytes.readDoubleLE(0) / 1e3;
  // In a time namespace the clock is another, and one that we do not know.
  return seconds > 0 && seconds < process.hrtime()[0] + 1 ? seconds : undefined;
}
