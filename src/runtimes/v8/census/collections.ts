import type { AbortFlag } from '../../../model/census.ts';
import { ReadFailure } from '../../../model/failure.ts';
import { checkAbort } from '../../abort.ts';
import type { AttachedNode } from '../attach.ts';
import { findIsolates, type Isolate } from '../isolates.ts';
import { pause } from './pause.ts';

/** How long a collection of the whole heap may keep us waiting. */
const mostWaitMs = 5000;

/** The isolates, when none of them is in the middle of a collection, which moves objects. Throws `busy`. */
export function awaitQuietIsolates(node: AttachedNode, abort: AbortFlag): Isolate[] {
  const until = performance.now() + mostWaitMs;
  for (;;) {
    checkAbort(abort);
    const isolates = findIsolates(node);
    if (isolates.every(({ heapBytes }) => heapBytes.readUInt32LE(node.layout.heap.state) === 0)) return isolates;
    if (performance.now() > until) throw collectsWithoutRest();
    pause(1);
  }
}

/** Whether a collection of a whole heap has begun since the isolates were looked at: one small read for each of them. */
export function hasFullCollectionBegun({ memory, layout }: AttachedNode, isolates: readonly Isolate[]): boolean {
  const { fullCollections } = layout.heap;
  return isolates.some(({ heap, heapBytes }) => {
    const now = memory.readWord(heap + fullCollections);
    return now !== undefined && now % 2 ** 32 !== heapBytes.readUInt32LE(fullCollections);
  });
}

/** What lies between a heap's state and its counters, which is read at once: once for every page. */
const counters = Buffer.alloc(64);

/** How many collections of a heap have begun; undefined during one, when objects are being moved. */
export function countCollections({ memory, layout }: AttachedNode, heap: number): number | undefined {
  const { state, collections } = layout.heap;
  memory.read(heap + state, counters, 0, collections + 4 - state);
  return counters.readUInt32LE(0) === 0 ? counters.readUInt32LE(collections - state) : undefined;
}

/** The heaps whose counter at an offset is another now, or that are no more. */
export function changedHeaps(before: readonly Isolate[], now: readonly Isolate[], offset: number): Set<number> {
  const counts = new Map(now.map(({ heap, heapBytes }) => [heap, heapBytes.readUInt32LE(offset)]));
  const changed = before.filter(({ heap, heapBytes }) => counts.get(heap) !== heapBytes.readUInt32LE(offset));
  return new Set(changed.map(({ heap }) => heap));
}

export function collectsWithoutRest(): ReadFailure {
  return new ReadFailure(
    'busy',
    'V8 collects garbage all the time, and moves objects while they are counted; is its heap too small?',
  );
}
