import type { AbortFlag, Census } from '../../../model/census.ts';
import { ReadFailure } from '../../../model/failure.ts';
import type { ProcessRef } from '../../../model/target.ts';
import { causeOf } from '../../vanished.ts';
import { heapAreas } from '../heaps/heap-of-collector.ts';
import { type AttachedVm, attachVm } from './attached-vm.ts';
import { GcWatch } from './gc-watch.ts';
import { HeapCount } from './heap-count.ts';
import { forgetEndedVms, keepVm } from './kept-vms.ts';

/** A census that misses more is tried again, and then refused: its counts would jump from one to the next. */
const mostSkippedRatio = 0.1;
const mostAttempts = 3;

/**
 * Counts objects per class by reading the heap from object to object, in the order of the addresses: no safepoint is asked
 * for. Collections that come meanwhile are noticed, and what they move is counted where it was before.
 */
export function census(process: ProcessRef, abort: AbortFlag): Census {
  const takenAtSeconds = Date.now() / 1000;
  const began = performance.now();
  const jvm = attachVm(process);
  try {
    const count = countObjects(jvm, abort);
    const rows = count.tally.types();
    forgetEndedVms();
    keepVm(process, jvm.kept);
    return {
      takenAtSeconds,
      durationSeconds: (performance.now() - began) / 1000,
      objects: rows.reduce((sum, row) => sum + row.count, 0),
      bytes: rows.reduce((sum, row) => sum + row.bytes, 0),
      types: rows,
      quality: { skippedRatio: skippedRatio(count), scannedBytes: count.scannedBytes },
      spaceUsedBytes: {},
      spaceCommittedBytes: {},
    };
  } catch (error) {
    throw causeOf(error, jvm.vm.memory);
  } finally {
    jvm.close();
  }
}

function countObjects(jvm: AttachedVm, abort: AbortFlag): HeapCount {
  const { vm, flags, data } = jvm;
  const heap = vm.word(vm.at('Universe::_collectedHeap'));
  if (heap === 0) throw new ReadFailure('busy', 'this JVM is starting: it has no heap yet; try again');
  const areas = heapAreas(vm, flags, heap);
  const watch = new GcWatch(vm, heap, data, areas.movesConcurrently);
  for (let attempt = 0; attempt < mostAttempts; attempt++) {
    const count = new HeapCount(jvm, areas, watch, abort);
    if (count.run() && skippedRatio(count) <= mostSkippedRatio) return count;
  }
  if (vm.memory.swappedBytes > 0) {
    throw new ReadFailure('busy', 'more than a tenth of this heap cannot be seen: it is in swap, where it is left');
  }
  throw new ReadFailure(
    'busy',
    'garbage collections move the objects of this JVM faster than they can be counted; a later attempt may succeed',
  );
}

function skippedRatio({ scannedBytes, skippedBytes }: HeapCount): number {
  return skippedBytes / Math.max(1, scannedBytes + skippedBytes);
}
