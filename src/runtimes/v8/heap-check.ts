import { readAddress } from '../../memory/address.ts';
import type { ProcessMemory } from '../../memory/process-memory.ts';
import type { Place, V8Layout } from './layouts/layout.ts';

/** A Heap object that has passed the check. */
export interface CheckedHeap {
  readonly heap: number;
  /** A copy of the object, as far as layouts look into it. */
  readonly heapBytes: Buffer;
}

/** A little more than the largest offset of any layout. */
const heapBytesRead = 0xf00;
/** Where in an isolate its heap may begin; it moves by a few words between patch levels: 0xc628 to 0xf3c8 were seen. */
const heapFrom = 0xc000;
const heapTo = 0x12000;
/** `isolate_` of the IsolateData that each isolate begins with. */
const selfPointer = 8;
const states = 4;
const mebibyte = 2 ** 20;
/** What a process of x86-64 can have: nothing in it is larger. */
const addressSpaceBytes = 2 ** 47;

/**
 * Finds the heap of an isolate by its pointer back to the isolate; undefined when what is there does not pass as one. All
 * checks have to hold: the layout of another major version fails several of them.
 */
export function findHeap(memory: ProcessMemory, layout: V8Layout, isolate: number): CheckedHeap | undefined {
  if (memory.readWord(isolate + selfPointer) !== isolate) return undefined;
  const window = Buffer.alloc(heapTo - heapFrom + heapBytesRead);
  const isWhole = memory.read(isolate + heapFrom, window, 0, window.length) === window.length;
  const pointer = Buffer.alloc(8);
  pointer.writeBigUInt64LE(BigInt(isolate));
  const first = layout.heap.isolate;
  for (let found = window.indexOf(pointer, first); found >= 0; found = window.indexOf(pointer, found + 1)) {
    const at = found - first;
    if (at % 8 !== 0) continue;
    if (at >= heapTo - heapFrom) break;
    const heapBytes = window.subarray(at, at + heapBytesRead);
    const heap = isolate + heapFrom + at;
    if (!isHeap(memory, layout, heap, heapBytes)) continue;
    // Copied, as all of the window is kept with a part of it.
    const copy = Buffer.from(heapBytes);
    if (isWhole || memory.read(heap, copy, 0, copy.length) === copy.length) return { heap, heapBytes: copy };
  }
  return undefined;
}

function isHeap(memory: ProcessMemory, layout: V8Layout, heap: number, bytes: Buffer): boolean {
  const { selfPointers, fullCollections, collections, state, maxOldBytes, tracer } = layout.heap;
  const { old } = layout.spaces;
  const oldSpace = readAddress(bytes, old[0]!);
  if (!selfPointers.every((at) => readAddress(bytes, at) === heap)) return false;
  if (!old.every((at) => readAddress(bytes, at) === oldSpace)) return false;
  if (bytes.readUInt32LE(state) >= states) return false;
  if (bytes.readUInt32LE(fullCollections) > bytes.readUInt32LE(collections)) return false;
  if (memory.readWord(oldSpace + 8) !== heap || memory.readWord(readAddress(bytes, tracer)) !== heap) return false;
  const most = readSize(memory, bytes, maxOldBytes);
  return most !== undefined && most > 0 && most % mebibyte === 0;
}

/** A size in the heap, or in what one of its fields points to; undefined when it is absent, or larger than can be. */
export function readSize(memory: ProcessMemory, heapBytes: Buffer, place: Place): number | undefined {
  const size =
    typeof place === 'number'
      ? readAddress(heapBytes, place)
      : memory.readWord(readAddress(heapBytes, place.pointer) + place.offset);
  return size !== undefined && size <= addressSpaceBytes ? size : undefined;
}
