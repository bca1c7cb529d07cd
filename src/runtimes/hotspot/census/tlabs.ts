// Thread-local allocation buffers: a thread's objects end at its buffer's top, and from there to the buffer's end nothing
// stands yet but what was there before the last collection. src/hotspot/share/gc/shared/threadLocalAllocBuffer.hpp.
import { readAddress } from '../../../memory/address.ts';
import { ReadFailure } from '../../../model/failure.ts';
import type { Flags } from '../flags.ts';
import type { VmMemory } from '../vm-memory.ts';
import { readObjectAlignment } from './object-header.ts';

/** A stretch of the heap without objects. */
export interface Gap {
  readonly start: number;
  /** Exclusive. */
  readonly end: number;
}

const maxThreads = 2 ** 17;

/** Finds the gaps that the threads' buffers leave, as they are now; ascending. `addressOf` makes a heap's address of a pointer. */
export function readTlabGaps(vm: VmMemory, flags: Flags, addressOf = (pointer: number) => pointer): Gap[] {
  const tlab = vm.at('Thread::_tlab');
  const [start, top] = [vm.at('ThreadLocalAllocBuffer::_start'), vm.at('ThreadLocalAllocBuffer::_top')];
  const end = allocationEnd(vm);
  const reserve = reservedBytes(vm, flags);
  const bytes = Math.max(start, top, end) + 8;
  const gaps: Gap[] = [];
  for (const thread of threads(vm)) {
    const buffer = vm.bytes(thread + tlab, bytes);
    const gap = { start: addressOf(readAddress(buffer, top)), end: addressOf(readAddress(buffer, end)) + reserve };
    if (readAddress(buffer, start) !== 0 && gap.start < gap.end) gaps.push(gap);
  }
  return gaps.sort((a, b) => a.start - b.start);
}

/** From 11 on `_end` may be drawn nearer to sample allocations; `_allocation_end` stands between it and `_desired_size`. */
function allocationEnd(vm: VmMemory): number {
  const end = vm.at('ThreadLocalAllocBuffer::_end');
  return vm.at('ThreadLocalAllocBuffer::_desired_size') === end + 16 ? end + 8 : end;
}

/**
 * Bytes behind a buffer's end that belong to it: room for the array that fills it up when it is given back, or, up to JDK
 * 26, what prefetching may touch, whichever is more (ThreadLocalAllocBuffer::end_reserve).
 */
function reservedBytes(vm: VmMemory, flags: Flags): number {
  const prefetch = vm.find(
    'ThreadLocalAllocBuffer::_reserve_for_allocation_prefetch',
    'Abstract_VM_Version::_reserve_for_allocation_prefetch',
  );
  const prefetchWords = prefetch === undefined ? 0 : vm.int(prefetch);
  const filler = vm.find('CollectedHeap::_lab_alignment_reserve');
  const headerWords = flags.bool('UseCompressedClassPointers') === false ? 3 : 2; // of an int array
  const fillerWords = filler === undefined ? headerWords : vm.word(filler);
  const alignment = readObjectAlignment(flags);
  return Math.ceil((8 * Math.max(fillerWords, prefetchWords)) / alignment) * alignment;
}

/** Addresses of all Java threads. */
function threads(vm: VmMemory): number[] {
  const list = vm.find('ThreadsSMRSupport::_java_thread_list');
  if (list === undefined) return linkedThreads(vm);
  const current = vm.word(list);
  const count = vm.int(current + vm.at('ThreadsList::_length'));
  if (count > maxThreads) throw tooMany(count);
  const table = vm.bytes(vm.word(current + vm.at('ThreadsList::_threads')), count * 8);
  return Array.from({ length: count }, (_, index) => readAddress(table, index * 8));
}

/** JDK 8 and 11. */
function linkedThreads(vm: VmMemory): number[] {
  const found: number[] = [];
  for (let thread = vm.word(vm.at('Threads::_thread_list')); thread !== 0; ) {
    if (found.push(thread) > maxThreads) throw tooMany(found.length);
    thread = vm.word(thread + vm.at('JavaThread::_next'));
  }
  return found;
}

function tooMany(count: number): ReadFailure {
  return new ReadFailure('unreadable', `this JVM's list of threads has ${count} entries or more, which no program has`);
}
