// The heaps of the collectors that keep contiguous generations. Serial: src/hotspot/share/gc/serial of OpenJDK 17 to 27,
// with GenCollectedHeap in gc/shared up to 21, memory/genCollectedHeap.hpp in 8. Parallel: gc/parallel.
import { ReadFailure } from '../../../model/failure.ts';
import type { VmMemory } from '../vm-memory.ts';
import type { HeapArea, HeapAreas } from './heap-area.ts';

/** A space's address, and whether it is young. */
type Space = readonly [address: number, young: boolean];

export function serialAreas(vm: VmMemory, heap: number): HeapAreas {
  const [young, old] = serialGenerations(vm, heap);
  const oldSpace = vm.word(old + vm.at('TenuredGeneration::_the_space', 'OneContigSpaceCardGeneration::_the_space'));
  const spaces = (): Space[] => [
    [vm.word(young + vm.at('DefNewGeneration::_eden_space')), true],
    [vm.word(young + vm.at('DefNewGeneration::_from_space')), true],
    [oldSpace, false],
  ];
  return spaceAreas(vm, spaces, vm.at('Space::_bottom', 'ContiguousSpace::_bottom'), vm.at('ContiguousSpace::_top'));
}

function serialGenerations(vm: VmMemory, heap: number): [young: number, old: number] {
  const array = vm.find('GenCollectedHeap::_gens'); // JDK 8
  const [young, old] =
    array === undefined
      ? [
          vm.at('SerialHeap::_young_gen', 'GenCollectedHeap::_young_gen'),
          vm.at('SerialHeap::_old_gen', 'GenCollectedHeap::_old_gen'),
        ]
      : [array, array + 8];
  return [vm.word(heap + young), vm.word(heap + old)];
}

export function parallelAreas(vm: VmMemory, heap: number): HeapAreas {
  // Static fields up to 25.
  const generation = (name: string) => {
    const field = vm.structs.fields.get(name);
    if (field === undefined)
      throw new ReadFailure('unsupported', `this JVM does not tell where ${name} is, which a census of its heap needs`);
    return vm.word(field.isStatic ? field.at : heap + field.at);
  };
  const young = generation('ParallelScavengeHeap::_young_gen');
  const old = generation('ParallelScavengeHeap::_old_gen');
  const oldSpace = vm.word(old + vm.at('PSOldGen::_object_space'));
  const spaces = (): Space[] => [
    [vm.word(young + vm.at('PSYoungGen::_eden_space')), true],
    [vm.word(young + vm.at('PSYoungGen::_from_space')), true],
    [oldSpace, false],
  ];
  return spaceAreas(vm, spaces, vm.at('MutableSpace::_bottom', 'ImmutableSpace::_bottom'), vm.at('MutableSpace::_top'));
}

/** From-space and to-space change places at each collection, so the spaces are asked for anew. */
function spaceAreas(vm: VmMemory, spaces: () => readonly Space[], bottom: number, top: number): HeapAreas {
  return {
    movesConcurrently: false,
    objectsStay: true,
    list: () =>
      spaces()
        .map(([record, young]): HeapArea => {
          // The top first: what is below it stays below it.
          const end = vm.word(record + top);
          return { start: vm.word(record + bottom), top: end, young, record };
        })
        .filter((area) => area.top > area.start)
        .sort((a, b) => a.start - b.start),
    stands: (area) => vm.word(area.record + bottom) === area.start && vm.word(area.record + top) >= area.top,
  };
}
