// What the instance type in a map says of the objects that have the map: src/objects/instance-type.h of V8 10.2 to 14.6,
// and HeapObject::SizeFromMap for those whose size is not in the map. Names and numbers come from the build itself.
import type { Constants } from './constants.ts';

/** How the size of one object is told: a length in the object, times the bytes of an element. Rounded up to 8 bytes. */
export interface LengthRule {
  /** Of the 32-bit word that holds the length. */
  readonly offset: number;
  readonly shift: number;
  readonly mask: number;
  readonly headerBytes: number;
  readonly elementBytes: number;
}

/** `fixed`: the map has the size. `next`: it ends where the next object begins, as only its own fields would tell more. */
export type SizeRule = LengthRule | 'fixed' | 'next';

/** What heapwatch does with objects of an instance type. */
export interface InstanceType {
  readonly size: SizeRule;
  /**
   * `filler`: no object. `receiver`: an object of JavaScript's, named after its constructor. `buffer`: a receiver too, with
   * memory outside the heap. The others are named by `name`.
   */
  readonly role: 'filler' | 'internal' | 'receiver' | 'buffer';
  /** For receivers: when no constructor can be found. */
  readonly name: string;
}

/** A small integer is in the upper half of its word. */
const smi = (offset: number) => ({ offset: offset + 4, shift: 0, mask: 0x7fffffff });
const int32 = (offset: number) => ({ offset, shift: 0, mask: 0x7fffffff });
const words = (headerBytes: number): LengthRule => ({ ...smi(8), headerBytes, elementBytes: 8 });
const bytes = (headerBytes: number): LengthRule => ({ ...smi(8), headerBytes, elementBytes: 1 });

/** FixedArray and what has its form. */
const array = words(16);
const oneByteString: LengthRule = { ...int32(12), headerBytes: 16, elementBytes: 1 };
const twoByteString: LengthRule = { ...int32(12), headerBytes: 16, elementBytes: 2 };
/** The length is in 30 bits above the sign. */
const bigInt: LengthRule = { offset: 8, shift: 1, mask: 0x3fffffff, headerBytes: 16, elementBytes: 8 };
/** The length shares a small integer with the hash. */
const propertyArray: LengthRule = { ...smi(8), mask: 0x3ff, headerBytes: 16, elementBytes: 8 };

const symbolType = 128; // SYMBOL_TYPE, the first that is no string
const bigIntType = 129;
const heapNumberType = 130;

/** Sizes by the constant's name without `_TYPE`; the rest have theirs in the map. */
function sizesOf(constants: Constants): Record<string, SizeRule> {
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
  };
}

function descriptors(constants: Constants): LengthRule {
  const headerBytes = constants.offset('DescriptorArray', 'header_size');
  return { offset: 8, shift: 0, mask: 0xffff, headerBytes, elementBytes: 24 };
}

/** What holds no maps and is few: it ends at the next map. */
const sizedByTheNext = [
  ...['SCOPE_INFO', 'PREPARSE_DATA', 'COVERAGE_INFO', 'CODE', 'INSTRUCTION_STREAM', 'FEEDBACK_VECTOR'],
  ...['OBJECT_BOILERPLATE_DESCRIPTION', 'SCRIPT_CONTEXT_TABLE', 'REG_EXP_MATCH_INFO', 'SWISS_NAME_DICTIONARY'],
  ...['SMALL_ORDERED_HASH_MAP', 'SMALL_ORDERED_HASH_SET', 'SMALL_ORDERED_NAME_DICTIONARY', 'DOUBLE_STRING_CACHE'],
  ...['WASM_ARRAY', 'WASM_STRUCT', 'WASM_TYPE_INFO', 'TURBOFAN_BITSET_TYPE', 'TURBOFAN_UNION_TYPE'],
];

const code = [
  ...['CODE', 'INSTRUCTION_STREAM', 'CODE_DATA_CONTAINER', 'CODE_WRAPPER', 'BYTECODE_ARRAY', 'BYTECODE_WRAPPER'],
  ...['SHARED_FUNCTION_INFO', 'SCRIPT', 'SCOPE_INFO', 'PREPARSE_DATA', 'FEEDBACK_CELL', 'FEEDBACK_VECTOR'],
  ...['FEEDBACK_METADATA', 'CLOSURE_FEEDBACK_CELL_ARRAY', 'ALLOCATION_SITE', 'DEBUG_INFO', 'INTERPRETER_DATA'],
  ...['ARRAY_BOILERPLATE_DESCRIPTION', 'OBJECT_BOILERPLATE_DESCRIPTION', 'REG_EXP_BOILERPLATE_DESCRIPTION'],
  ...['TEMPLATE_OBJECT_DESCRIPTION', 'UNCOMPILED_DATA_WITHOUT_PREPARSE_DATA', 'UNCOMPILED_DATA_WITH_PREPARSE_DATA'],
  ...['UNCOMPILED_DATA_WITHOUT_PREPARSE_DATA_WITH_JOB', 'UNCOMPILED_DATA_WITH_PREPARSE_DATA_AND_JOB'],
];
const arrays = ['BYTE_ARRAY', 'FIXED_DOUBLE_ARRAY', 'PROPERTY_ARRAY'];
const shapes = ['MAP', 'DESCRIPTOR_ARRAY', 'STRONG_DESCRIPTOR_ARRAY', 'TRANSITION_ARRAY', 'PROTOTYPE_INFO', 'ENUM_CACHE'];

/** Names as Chrome's heap snapshots group objects. */
const names = {
  string: '(string)',
  consString: '(concatenated string)',
  slicedString: '(sliced string)',
  symbol: '(symbol)',
  bigInt: '(bigint)',
  number: '(number)',
  array: '(array)',
  code: '(code)',
  shape: '(object shape)',
  context: '(context)',
  closure: '(closure)',
  system: '(system)',
};

/** Describes instance types as this build numbers them. */
export function describeTypes(constants: Constants): (type: number) => InstanceType {
  const sizes = sizesOf(constants);
  const byNumber = new Map<number, InstanceType>();
  const internal = (name: string, size: SizeRule): InstanceType => ({ role: 'internal', name, size });
  const put = (constant: string, describe: (constant: string) => InstanceType) => {
    const number = constants.type(`${constant}_TYPE`);
    if (number !== undefined) byNumber.set(number, describe(constant));
  };
  const sizeOf = (constant: string) => sizes[constant] ?? 'fixed';
  for (const constant of Object.keys(sizes)) put(constant, (c) => internal(names.system, sizeOf(c)));
  for (const constant of code) put(constant, (c) => internal(names.code, sizeOf(c)));
  for (const constant of arrays) put(constant, (c) => internal(names.array, sizeOf(c)));
  for (const constant of shapes) put(constant, (c) => internal(names.shape, sizeOf(c)));
  return (type) => byNumber.get(type) ?? internal(names.system, 'fixed');
}
