// How large objects of V8's own types are: HeapObject::SizeFromMap of V8 10.2 to 14.6, for those whose size is not in the map.
import type { Constants } from '../constants.ts';

/** How the size of one object is told: a length in the object, times the bytes of an element. Rounded up to 8 bytes. */
export interface LengthRule {
  /** Of the 32-bit word that holds the length. */
  readonly offset: number;
  readonly shift: number;
  readonly mask: number;
  readonly headerBytes: number;
  readonly elementBytes: number;
}

/**
 * `fixed`: the map has the size. `next`: it ends where the next object begins, as many fields of its own would have to be
 * understood to tell more. `next code`: the same among machine code, in which pointers to maps may lie too.
 */
export type SizeRule = LengthRule | 'fixed' | 'next' | 'next code';

/** A small integer is in the upper half of its word. */
const smi = (offset: number) => ({ offset: offset + 4, shift: 0, mask: 0x7fffffff });
const int32 = (offset: number) => ({ offset, shift: 0, mask: 0x7fffffff });
export const words = (headerBytes: number): LengthRule => ({ ...smi(8), headerBytes, elementBytes: 8 });
export const bytes = (headerBytes: number): LengthRule => ({ ...smi(8), headerBytes, elementBytes: 1 });

/** FixedArray and what has its form. */
export const array = words(16);
export const oneByteString: LengthRule = { ...int32(12), headerBytes: 16, elementBytes: 1 };
export const twoByteString: LengthRule = { ...int32(12), headerBytes: 16, elementBytes: 2 };
/** The length is in 30 bits above the sign. */
export const bigInt: LengthRule = { offset: 8, shift: 1, mask: 0x3fffffff, headerBytes: 16, elementBytes: 8 };
/** The length shares a small integer with the hash. */
const propertyArray: LengthRule = { ...smi(8), mask: 0x3ff, headerBytes: 16, elementBytes: 8 };

/** Sizes by the constant's name without `_TYPE`; the rest have theirs in the map. */
export function sizesOf(constants: Constants): Record<string, SizeRule> {
  return {
    BYTE_ARRAY: bytes(16),
    TRUSTED_BYTE_ARRAY: bytes(16),
    BYTECODE_ARRAY: bytes(constants.offset('BytecodeArray', 'data')),
    FIXED_DOUBLE_ARRAY: array,
    PROPERTY_ARRAY: propertyArray,
    EMBEDDER_DATA_ARRAY: array,
    EXTERNAL_POINTER_ARRAY: array,
    CLOSURE_FEEDBACK_CELL_ARRAY: array,
    PROTECTED_FIXED_ARRAY: array,
    PROTECTED_WEAK_FIXED_ARRAY: array,
    TRUSTED_FIXED_ARRAY: array,
    TRUSTED_WEAK_FIXED_ARRAY: array,
    WEAK_FIXED_ARRAY: array,
    WEAK_ARRAY_LIST: words(24),
    ARRAY_LIST: words(24),
    SLOPPY_ARGUMENTS_ELEMENTS: words(32),
    DESCRIPTOR_ARRAY: descriptors(constants),
    STRONG_DESCRIPTOR_ARRAY: descriptors(constants),
    ...Object.fromEntries(sizedByTheNext.map((name) => [name, 'next'])),
    INSTRUCTION_STREAM: 'next code',
    // Up to 18 it is the machine code; later its map has its size.
    CODE: constants.type('INSTRUCTION_STREAM_TYPE') === undefined ? 'next code' : 'fixed',
  };
}

function descriptors(constants: Constants): LengthRule {
  const headerBytes = constants.offset('DescriptorArray', 'header_size');
  return { offset: 8, shift: 0, mask: 0xffff, headerBytes, elementBytes: 24 };
}

/** What holds no maps and is few: it ends at the next map. */
const sizedByTheNext = [
  ...['SCOPE_INFO', 'PREPARSE_DATA', 'COVERAGE_INFO', 'FEEDBACK_VECTOR'],
  ...['OBJECT_BOILERPLATE_DESCRIPTION', 'SCRIPT_CONTEXT_TABLE', 'REG_EXP_MATCH_INFO', 'SWISS_NAME_DICTIONARY'],
  ...['SMALL_ORDERED_HASH_MAP', 'SMALL_ORDERED_HASH_SET', 'SMALL_ORDERED_NAME_DICTIONARY', 'DOUBLE_STRING_CACHE'],
  ...['WASM_ARRAY', 'WASM_STRUCT', 'WASM_TYPE_INFO', 'TURBOFAN_BITSET_TYPE', 'TURBOFAN_UNION_TYPE'],
];
