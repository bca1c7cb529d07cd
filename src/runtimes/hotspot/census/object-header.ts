// The header of an object: oops/oop.hpp, oops/markWord.hpp of OpenJDK 8 to 27. 8 bytes of locks, hash and age, then a
// pointer to the class: of 8 bytes, narrow in 4, or, with compact object headers (24 and later), in the first 8 bytes.
import { ReadFailure } from '../../../model/failure.ts';
import type { Flags } from '../flags.ts';
import type { VmMemory } from '../vm-memory.ts';

/** Where a header says what its object is. A word is 4 bytes here. */
export interface ObjectHeader {
  readonly klassWord: number;
  /** What stands right of the class in its word. */
  readonly klassShift: number;
  /** Whether the class takes the next word too. */
  readonly wide: boolean;
  /** Of an array. */
  readonly lengthWord: number;
  /** The class's address, from what stands in the header. */
  klassAddress(low: number, high: number): number;
}

export function readObjectHeader(vm: VmMemory, flags: Flags): ObjectHeader {
  const compact = flags.bool('UseCompactObjectHeaders') === true;
  // From 27 on class pointers are always narrow, and there is no flag that says so.
  if (!compact && flags.bool('UseCompressedClassPointers') === false) {
    const klassAddress = (low: number, high: number) => (high >>> 0) * 2 ** 32 + (low >>> 0);
    return { klassWord: 2, klassShift: 0, wide: true, lengthWord: 4, klassAddress };
  }
  const names = ['CompressedKlassPointers::', 'CompressedKlassPointers::_narrow_klass.', 'Universe::_narrow_klass.'];
  const base = vm.word(vm.at(...names.map((name) => `${name}_base`)));
  const unit = 2 ** (vm.int(vm.at(...names.map((name) => `${name}_shift`))) & 31);
  const klassAddress = (low: number) => (low === 0 ? 0 : base + (low >>> 0) * unit);
  if (!compact) return { klassWord: 2, klassShift: 0, wide: false, lengthWord: 3, klassAddress };
  const shift = vm.structs.constants.get('markWord::klass_shift') ?? 42;
  return { klassWord: 1, klassShift: (shift - 32) & 31, wide: false, lengthWord: 2, klassAddress };
}

/** Bytes at a multiple of which objects begin: 8, or another power of 2 up to 256. Throws `unreadable`. */
export function readObjectAlignment(flags: Flags): number {
  const bytes = flags.number('ObjectAlignmentInBytes') ?? 8;
  if (bytes >= 8 && bytes <= 256 && Number.isInteger(Math.log2(bytes))) return bytes;
  throw new ReadFailure(
    'unreadable',
    `this JVM says that its objects are aligned to ${bytes} bytes, which none can be`,
  );
}
