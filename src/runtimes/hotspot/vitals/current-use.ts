// What the performance data tell only as of the last collection, from HotSpot's own structures: the eden and the old
// generation of Serial and Parallel since their sampling ended (JDK 22), ZGC's heap, what Shenandoah has committed.

import { readAddress } from '../../../memory/address.ts';
import type { ProcessMemory } from '../../../memory/process-memory.ts';
import type { Flags } from '../flags.ts';
import type { VmStructs } from '../vm-structs.ts';

/** What is in use now; what is not known here is absent. */
export interface CurrentUse {
  readonly used?: Readonly<Record<string, number>>;
  /** Of the whole heap, where its spaces are not told apart. */
  readonly usedBytes?: number | undefined;
  readonly committedBytes?: number | undefined;
  /** Cycles since the start; a read of its own. */
  readonly collections?: () => number | undefined;
}

type ReadCurrentUse = () => CurrentUse;

/** Finds the structures of the collector in use, once; each call of the answer reads one to three words, ten microseconds. */
export function findCurrentUse(memory: ProcessMemory, structs: VmStructs, flags: Flags): ReadCurrentUse {
  const heap = openHeap(memory, structs);
  if (flags.bool('UseSerialGC')) return ofSerial(heap);
  // With UseNUMA its eden has a part on each node.
  if (flags.bool('UseParallelGC')) return flags.bool('UseNUMA') === true ? () => ({}) : ofParallel(heap);
  if (flags.bool('UseZGC')) return ofZ(heap, flags);
  if (flags.bool('UseShenandoahGC')) return ofShenandoah(heap);
  return () => ({});
}

/** An address that is not known is NaN, and what lies there is not known. */
interface Heap {
  readonly memory: ProcessMemory;
  readonly address: number;
  readonly structs: VmStructs;
  /** The offset of a field, or the address of a static one. */
  at(name: string): number;
  /** Undefined also for 0. */
  word(address: number): number | undefined;
  /** The value of a field of the heap itself; of Parallel's some were static up to JDK 26. */
  own(name: string): number;
  /** Undefined also for 0: Shenandoah up to JDK 21 does not count. */
  collections(): number | undefined;
}

function openHeap(memory: ProcessMemory, structs: VmStructs): Heap {
  const at = (name: string) => structs.fields.get(name)?.at ?? Number.NaN;
  const word = (address: number) => memory.readWord(address) || undefined;
  const address = word(at('Universe::_collectedHeap')) ?? Number.NaN;
  const count = Buffer.alloc(4);
  return {
    memory,
    address,
    structs,
    at,
    word,
    own: (name) => word(structs.fields.get(name)?.isStatic ? at(name) : address + at(name)) ?? Number.NaN,
    collections: () =>
      memory.read(address + at('CollectedHeap::_total_collections'), count, 0, 4) === 4
        ? count.readUInt32LE(0) || undefined
        : undefined,
  };
}

function ofSerial(heap: Heap): ReadCurrentUse {
  return generations(
    usedOf(heap, heap.own('SerialHeap::_young_gen') + heap.at('DefNewGeneration::_eden_space'), 'ContiguousSpace'),
    usedOf(heap, heap.own('SerialHeap::_old_gen') + heap.at('TenuredGeneration::_the_space'), 'ContiguousSpace'),
  );
}

function ofParallel(heap: Heap): ReadCurrentUse {
  return generations(
    usedOf(heap, heap.own('ParallelScavengeHeap::_young_gen') + heap.at('PSYoungGen::_eden_space'), 'MutableSpace'),
    usedOf(heap, heap.own('ParallelScavengeHeap::_old_gen') + heap.at('PSOldGen::_object_space'), 'MutableSpace'),
  );
}

type ReadBytes = () => number | undefined;

function generations(readEden: ReadBytes, readOld: ReadBytes): ReadCurrentUse {
  return () => {
    const [eden, old] = [readEden(), readOld()];
    return { used: { ...(eden !== undefined && { eden }), ...(old !== undefined && { old }) } };
  };
}

/** Bottom, top and end are the first fields of a space. */
const spaceBytes = 64;

/** Reads the bytes between bottom and top of the space that `pointer` points to. */
function usedOf({ memory, at, word }: Heap, pointer: number, kind: string): ReadBytes {
  const space = word(pointer) ?? Number.NaN;
  const [top, bottom] = [at(`${kind}::_top`), at(`${kind}::_bottom`)];
  const record = Buffer.alloc(spaceBytes);
  return () => {
    // One read sees both, and so no collection between them.
    if (!(Math.max(top, bottom) + 8 <= spaceBytes) || memory.read(space, record, 0, spaceBytes) < spaceBytes)
      return undefined;
    const end = readAddress(record, top);
    const used = end - readAddress(record, bottom);
    return used >= 0 && end <= Number.MAX_SAFE_INTEGER ? used : undefined;
  };
}

/**
 * JDK 21 to 23 have two: the one without generations is called X there. Since JDK 25 the memory is in partitions, one a NUMA
 * node; how many there are is told only where NUMA is not used.
 */
function ofZ({ address, structs, at, word, collections }: Heap, flags: Flags): ReadCurrentUse {
  const z = flags.bool('ZGenerational') === false && structs.fields.has('XCollectedHeap::_heap') ? 'X' : 'Z';
  const allocator = address + at(`${z}CollectedHeap::_heap`) + at(`${z}Heap::_page_allocator`);
  const isDivided = structs.fields.has(`${z}PageAllocator::_partitions`);
  if (isDivided && flags.bool('UseNUMA') !== false) return () => ({});
  const kind = isDivided ? 'ZPartition' : `${z}PageAllocator`;
  const holder = isDivided
    ? (word(allocator + at('ZPageAllocator::_partitions') + at('ZPerNUMAZPartition::_addr')) ?? Number.NaN)
    : allocator;
  return () => ({
    usedBytes: word(holder + at(`${kind}::_used`)),
    committedBytes: word(holder + at(`${kind}::_capacity`)),
    collections,
  });
}

function ofShenandoah({ address, at, word, collections }: Heap): ReadCurrentUse {
  return () => ({ committedBytes: word(address + at('ShenandoahHeap::_committed')), collections });
}
