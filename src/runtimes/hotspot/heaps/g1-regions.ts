// G1's heap: regions of one size, src/hotspot/share/gc/g1 of OpenJDK 8 to 27 (gc_implementation/g1 in 8). The records of
// regions are found through G1HeapRegionTable, an array of pointers; null where a region was never committed.
import { readAddress } from '../../../memory/address.ts';
import { PageCache } from '../../../memory/page-cache.ts';
import { ReadFailure } from '../../../model/failure.ts';
import type { VmMemory } from '../vm-memory.ts';
import type { HeapArea, HeapAreas } from './heap-area.ts';

/** HeapRegionBounds::TARGET_REGION_NUMBER is 2,048; -XX:G1HeapRegionSize may ask for 1 MB of a heap of terabytes. */
const maxRegions = 2 ** 20;
/** 100 to 400 bytes. */
const maxRecordBytes = 4096;
/** G1SATBCardTableModRefBS::g1_young_gen of JDK 8, which does not tell a region's type. */
const youngCard8 = 32;

/** One look at the JVM's structures, by pages or straight. */
type Look = Pick<PageCache, 'read'>;

export function g1Areas(vm: VmMemory, heap: number): HeapAreas {
  const table =
    heap + vm.at('G1CollectedHeap::_hrm') + vm.at('G1HeapRegionManager::_regions', 'HeapRegionManager::_regions');
  const recordBytes = vm.structs.typeBytes.has('G1HeapRegion') ? vm.bytesOf('G1HeapRegion') : vm.bytesOf('HeapRegion');
  const bottom = vm.at('G1HeapRegion::_bottom', 'HeapRegion::_bottom', 'Space::_bottom');
  const top = vm.at(
    'G1HeapRegion::_top',
    'HeapRegion::_top',
    'G1ContiguousSpace::_top',
    'G1OffsetTableContigSpace::_top',
  );
  const isYoung = youngTest(vm, heap);
  if (Math.max(bottom, top) + 8 > recordBytes || recordBytes > maxRecordBytes) {
    throw new ReadFailure('unreadable', 'the records of regions contradict themselves');
  }

  return {
    movesConcurrently: false,
    objectsStay: true,
    list() {
      const count = vm.word(table + vm.at('G1HeapRegionTable::_length'));
      if (count > maxRegions) throw new ReadFailure('unreadable', `this JVM says that it has ${count} heap regions`);
      const records = vm.bytes(vm.word(table + vm.at('G1HeapRegionTable::_base')), count * 8);
      // The records lie side by side: read by pages, a thousand of them take a millisecond.
      const pages = new PageCache(vm.memory);
      const areas: HeapArea[] = [];
      for (let index = 0; index < count; index++) {
        const record = readAddress(records, index * 8);
        if (record === 0) continue;
        const end = pages.readWord(record + top);
        const start = pages.readWord(record + bottom);
        if (end === undefined || start === undefined) throw vm.unseen();
        if (end > start) areas.push({ start, top: end, young: isYoung(pages, record, start), record, recordBytes });
      }
      return areas.sort((a, b) => a.start - b.start);
    },
    stands(area) {
      const look: Look = { read: (address, length) => vm.bytes(address, length) };
      return vm.word(area.record + top) >= area.top && !isYoung(look, area.record, area.start);
    },
  };
}

/** From the region's type; in JDK 8 from the card of its first bytes, which G1 marks as young for its write barrier. */
function youngTest(vm: VmMemory, heap: number): (look: Look, record: number, start: number) => boolean {
  const type = vm.find('G1HeapRegion::_type', 'HeapRegion::_type');
  const mask =
    vm.structs.constants.get('G1HeapRegionType::YoungMask') ?? vm.structs.constants.get('HeapRegionType::YoungMask');
  if (type !== undefined && mask !== undefined) {
    const tag = type + vm.at('G1HeapRegionType::_tag', 'HeapRegionType::_tag');
    return (look, record) => ((look.read(record + tag, 4)?.readUInt32LE(0) ?? 0) & mask) !== 0;
  }
  const cards = vm.word(
    vm.word(heap + vm.at('CollectedHeap::_barrier_set')) + vm.at('CardTableModRefBS::byte_map_base'),
  );
  return (look, _, start) => look.read(cards + Math.floor(start / 512), 1)?.[0] === youngCard8;
}
