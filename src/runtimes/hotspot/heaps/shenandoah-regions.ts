// Shenandoah's heap: regions of one size, src/hotspot/share/gc/shenandoah of OpenJDK 11 to 27. Objects move while the
// program runs, so all areas are called young.
import { readAddress } from '../../../memory/address.ts';
import { PageCache } from '../../../memory/page-cache.ts';
import { ReadFailure } from '../../../model/failure.ts';
import type { VmMemory } from '../vm-memory.ts';
import type { HeapArea, HeapAreas } from './heap-area.ts';

/** ShenandoahTargetNumRegions is 2,048; -XX:ShenandoahRegionSize may ask for more. */
const maxRegions = 2 ** 20;

export function shenandoahAreas(vm: VmMemory, heap: number): HeapAreas {
  const [bottom, top] = [vm.at('ShenandoahHeapRegion::_bottom'), vm.at('ShenandoahHeapRegion::_top')];
  const state = vm.at('ShenandoahHeapRegion::_state');
  const trash = vm.structs.constants.get('ShenandoahHeapRegion::_trash');
  return {
    movesConcurrently: true,
    objectsStay: false,
    list() {
      const count = vm.word(heap + vm.at('ShenandoahHeap::_num_regions'));
      if (count > maxRegions) throw new ReadFailure('unreadable', `this JVM says that it has ${count} heap regions`);
      const records = vm.bytes(vm.word(heap + vm.at('ShenandoahHeap::_regions')), count * 8);
      const pages = new PageCache(vm.memory);
      const areas: HeapArea[] = [];
      for (let index = 0; index < count; index++) {
        const record = readAddress(records, index * 8);
        const [start, end] = [pages.readWord(record + bottom), pages.readWord(record + top)];
        if (start === undefined || end === undefined) throw vm.unseen();
        const isTrash = pages.read(record + state, 4)?.readUInt32LE(0) === trash;
        if (end > start && !isTrash) areas.push({ start, top: end, young: true, record });
      }
      return areas.sort((a, b) => a.start - b.start);
    },
    stands: () => false,
  };
}
