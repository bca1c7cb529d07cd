import { ReadFailure } from '../../../model/failure.ts';
import type { FlagName, Flags } from '../flags.ts';
import type { VmMemory } from '../vm-memory.ts';
import { g1Areas } from './g1-regions.ts';
import { parallelAreas, serialAreas } from './generations.ts';
import type { HeapAreas } from './heap-area.ts';
import { shenandoahAreas } from './shenandoah-regions.ts';
import { zAreas } from './z-pages.ts';

/** The flags that choose a collector: exactly one of them is true when the JVM has started. */
const readers: readonly (readonly [FlagName, (vm: VmMemory, heap: number, flags: Flags) => HeapAreas])[] = [
  ['UseSerialGC', serialAreas],
  ['UseParallelGC', parallelAreas],
  ['UseG1GC', g1Areas],
  ['UseZGC', zAreas],
  ['UseShenandoahGC', shenandoahAreas],
];

/** Finds the areas of the heap, whichever collector keeps it. `heap` is the address of the CollectedHeap. */
export function heapAreas(vm: VmMemory, flags: Flags, heap: number): HeapAreas {
  if (flags.bool('UseNUMA') === true && flags.bool('UseParallelGC') === true) {
    throw new ReadFailure(
      'unsupported',
      'a census of a parallel heap that is divided by -XX:+UseNUMA is not supported',
    );
  }
  if (readers.every(([flag]) => flags.bool(flag) === undefined)) throw vm.unseen();
  for (const [flag, read] of readers) if (flags.bool(flag) === true) return read(vm, heap, flags);
  throw new ReadFailure(
    'unsupported',
    'the heap of this garbage collector is not supported; heapwatch reads those of Serial, Parallel, G1, ZGC and Shenandoah',
  );
}
