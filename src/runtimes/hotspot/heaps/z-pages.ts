// ZGC's heap: pages of 2 MB, of 4 to 32 MB and of the size of one large object, src/hotspot/share/gc/z of OpenJDK 17 to 27;
// gc/x in 21 to 23 for the one without generations. A page's addresses are offsets into the heap. Objects move while the
// program runs, so all areas are called young.
import { readAddress } from '../../../memory/address.ts';
import { pageSize } from '../../../memory/pagemap.ts';
import { ReadFailure } from '../../../model/failure.ts';
import type { Flags } from '../flags.ts';
import type { VmMemory } from '../vm-memory.ts';
import type { HeapArea, HeapAreas } from './heap-area.ts';
import { HeapViews } from './heap-views.ts';

const granuleBytes = 2 ** 21; // ZGranuleSize
/** More addresses are reserved than the heap may have bytes, so that pages can be moved (ZVirtualToPhysicalRatio). */
const reservedPerCapacity = 16;
/** A page table has an entry for each 2 MB of at most 16 TB (ZAddressOffsetMax). */
const maxGranules = 2 ** 23;
const entriesAtOnce = 4096;
const largestMediumBytes = 2 ** 25;
/** Objects of a medium page begin at multiples of an 8,192nd of its size (ZObjectAlignmentMediumShift). */
const mediumShift = 13;
const mediumType = 1; // ZPageTypeMedium, ZPageType::medium
const largeType = 2;

export function zAreas(vm: VmMemory, heap: number, flags: Flags): HeapAreas {
  const generational = vm.find('ZGlobalsForVMStructs::_ZPointerLoadGoodMask') !== undefined;
  // JDK 21 to 23 have both.
  const z =
    generational && vm.find('XCollectedHeap::_heap') !== undefined && flags.bool('ZGenerational') !== true ? 'X' : 'Z';
  const hasViews = z === 'X' || !generational;
  const globals = vm.word(vm.at(`${z}GlobalsForVMStructs::_instance_p`));
  const offsetMask = vm.word(vm.word(globals + vm.at(`${z}GlobalsForVMStructs::_${z}AddressOffsetMask`)));
  const heapBase = offsetMask + 1;
  const table =
    heap +
    vm.at(`${z}CollectedHeap::_heap`) +
    vm.at(`${z}Heap::_page_table`) +
    vm.at(`${z}PageTable::_map`) +
    vm.at(`${z}GranuleMapForPageTable::_map`);
  const [type, virtual, top] = [vm.at(`${z}Page::_type`), vm.at(`${z}Page::_virtual`), vm.at(`${z}Page::_top`)];
  const start = virtual + vm.at(`${z}VirtualMemory::_start`);
  const end = vm.find(`${z}VirtualMemory::_end`);
  const size = virtual + (end ?? vm.at(`${z}VirtualMemory::_size`));
  const recordBytes = vm.bytesOf(`${z}Page`);
  const mediumAlignment = mediumPageBytes(flags) / 2 ** mediumShift;
  const allocator = heap + vm.at(`${z}CollectedHeap::_heap`) + vm.at(`${z}Heap::_page_allocator`);
  const reservedBytes = vm.word(allocator + vm.at(`${z}PageAllocator::_max_capacity`)) * reservedPerCapacity;
  const granules = Math.ceil(Math.min(heapBase, reservedBytes) / granuleBytes);
  if (granules > maxGranules || heapBase % granuleBytes !== 0) throw contradiction();

  /** Undefined for what is no page that holds the granule: the table may change while it is read. */
  function readPage(page: number, granule: number): HeapArea | undefined {
    const record = Buffer.alloc(recordBytes);
    if (vm.memory.read(page, record, 0, recordBytes) < recordBytes) return undefined;
    const from = readAddress(record, start);
    const to = readAddress(record, top);
    const pageEnd = end === undefined ? from + readAddress(record, size) : readAddress(record, size);
    const holds = from <= granule * granuleBytes && granule * granuleBytes < pageEnd;
    if (from % granuleBytes !== 0 || !holds || pageEnd > heapBase || to < from || to > pageEnd) return undefined;
    const alignment = { [mediumType]: mediumAlignment, [largeType]: granuleBytes }[record[type]!];
    return { start: heapBase + from, top: heapBase + to, young: true, record: page, ...(alignment && { alignment }) };
  }

  return {
    movesConcurrently: true,
    objectsStay: false,
    ...(hasViews && { memory: new HeapViews(vm.memory, heapBase) }),
    addressOf: (pointer) => (pointer % heapBase) + heapBase,
    list() {
      const areas: HeapArea[] = [];
      const map = vm.word(table);
      let last = 0;
      for (const { at, page } of entries(vm, map, map + granules * 8)) {
        if (page === last) continue; // larger pages have an entry for each of their granules
        last = page;
        const area = readPage(page, (at - map) / 8);
        if (area !== undefined && area.top > area.start) areas.push(area);
      }
      return areas;
    },
    stands: () => false,
  };
}

/** The table's entries that are not null, in the order of the granules; most of its memory was never touched. */
function* entries(vm: VmMemory, from: number, to: number): Generator<{ at: number; page: number }> {
  const bytes = Buffer.alloc(entriesAtOnce * 8);
  for (let at = from; at < to; at += bytes.length) {
    at = Math.max(at, vm.memory.nextPresent(at - (at % pageSize), to));
    vm.memory.read(at, bytes, 0, bytes.length);
    for (let index = 0; index < bytes.length && at + index < to; index += 8) {
      const page = readAddress(bytes, index);
      if (page !== 0) yield { at: at + index, page };
    }
  }
}

/** ZHeuristics::set_medium_page_size: a 32nd of the heap, as a power of 2, of 2 to 32 MB. */
function mediumPageBytes(flags: Flags): number {
  const wanted = Math.min(Math.max((flags.number('MaxHeapSize') ?? 0) / 32, granuleBytes), largestMediumBytes);
  return 2 ** Math.floor(Math.log2(wanted));
}

function contradiction(): ReadFailure {
  return new ReadFailure('busy', "ZGC's pages changed while they were read; try again");
}
