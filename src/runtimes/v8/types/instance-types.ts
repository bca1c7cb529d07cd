// What the instance type in a map says of the objects that have the map: src/objects/instance-type.h of V8 10.2 to 14.6.
// Names and numbers come from the build itself.
import type { Constants } from '../constants.ts';
import { array, bigInt, bytes, oneByteString, type SizeRule, sizesOf, twoByteString, words } from './object-sizes.ts';

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

/** BIGINT_TYPE, between SYMBOL_TYPE and HEAP_NUMBER_TYPE. */
const bigIntType = 129;

const code = [
  ...['CODE', 'INSTRUCTION_STREAM', 'CODE_DATA_CONTAINER', 'BYTECODE_ARRAY', 'SHARED_FUNCTION_INFO', 'SCRIPT'],
  ...['SCOPE_INFO', 'PREPARSE_DATA', 'FEEDBACK_CELL', 'FEEDBACK_VECTOR', 'CLOSURE_FEEDBACK_CELL_ARRAY'],
  ...['ALLOCATION_SITE', 'DEBUG_INFO', 'INTERPRETER_DATA', 'TEMPLATE_OBJECT_DESCRIPTION'],
  ...['ARRAY_BOILERPLATE_DESCRIPTION', 'OBJECT_BOILERPLATE_DESCRIPTION', 'REG_EXP_BOILERPLATE_DESCRIPTION'],
  ...['UNCOMPILED_DATA_WITHOUT_PREPARSE_DATA', 'UNCOMPILED_DATA_WITH_PREPARSE_DATA'],
  ...['UNCOMPILED_DATA_WITHOUT_PREPARSE_DATA_WITH_JOB', 'UNCOMPILED_DATA_WITH_PREPARSE_DATA_AND_JOB'],
  // Constants, positions and the like of compiled code.
  ...['TRUSTED_BYTE_ARRAY', 'TRUSTED_FIXED_ARRAY', 'TRUSTED_WEAK_FIXED_ARRAY'],
  ...['PROTECTED_FIXED_ARRAY', 'PROTECTED_WEAK_FIXED_ARRAY'],
];
const arrays = ['BYTE_ARRAY', 'FIXED_DOUBLE_ARRAY', 'PROPERTY_ARRAY'];
const shapes = [
  'MAP',
  'DESCRIPTOR_ARRAY',
  'STRONG_DESCRIPTOR_ARRAY',
  'TRANSITION_ARRAY',
  'PROTOTYPE_INFO',
  'ENUM_CACHE',
];

/** Describes instance types as this build numbers them. Names are those by which Chrome's heap snapshots group objects. */
export function describeTypes(constants: Constants): (type: number) => InstanceType {
  const table = new Map<number, InstanceType>();
  const put = (type: number | undefined, description: InstanceType) => {
    if (type !== undefined) table.set(type, description);
  };
  const sizes = sizesOf(constants);
  const named = (constant: string, name: string) => {
    put(constants.type(`${constant}_TYPE`), internal(name, sizes[constant]));
  };
  for (const constant of Object.keys(sizes)) named(constant, '(system)');
  const firstArray = constants.number('type_FixedArray__FIXED_ARRAY_TYPE');
  const lastArray = constants.number('type_ByteArray__BYTE_ARRAY_TYPE') - 1;
  for (let type = firstArray; type <= lastArray; type++) put(type, internal('(array)', array));
  const firstContext = constants.number('FirstContextType');
  for (let type = firstContext; type <= constants.number('LastContextType'); type++) {
    put(type, internal('(context)', array));
  }
  put(firstContext + nativeContext, internal('(system)', words(24)));
  // Types that the build does not tell stand beside others in all versions that we know, in the order of the alphabet.
  const feedbackVector = constants.number('type_FeedbackVector__FEEDBACK_VECTOR_TYPE');
  put(feedbackVector - 1, internal('(code)', 'next')); // FEEDBACK_METADATA
  put(feedbackVector + 1, { role: 'filler', name: '', size: 'fixed' }); // FILLER
  // FREE_SPACE: from 24 on, where the build does not tell it either, its length is in words.
  const freeSpace = constants.type('FREE_SPACE_TYPE');
  put(freeSpace ?? feedbackVector + 2, {
    role: 'filler',
    name: '',
    size: freeSpace === undefined ? words(0) : bytes(0),
  });
  // HOLE: as 26 has them each takes 64 KiB of addresses that nobody may read, and no memory.
  const holesAreGaps = freeSpace === undefined && constants.type('HOLE_TYPE') === undefined;
  if (holesAreGaps) put(feedbackVector + 3, { role: 'filler', name: '', size: 'next' });
  const transitionArray = constants.number('type_WeakFixedArray__WEAK_FIXED_ARRAY_TYPE') + 1;
  put(transitionArray, internal('(object shape)', array));
  for (const constant of arrays) named(constant, '(array)');
  for (const constant of code) named(constant, '(code)');
  for (const constant of shapes) named(constant, '(object shape)');
  put(constants.number('type_Symbol__SYMBOL_TYPE'), internal('(symbol)'));
  put(bigIntType, internal('(bigint)', bigInt));
  put(constants.number('type_HeapNumber__HEAP_NUMBER_TYPE'), internal('(number)'));
  const buffer = constants.number('type_JSArrayBuffer__JS_ARRAY_BUFFER_TYPE');
  put(buffer, { role: 'buffer', name: 'ArrayBuffer', size: 'fixed' });
  const firstReceiver = constants.number('type_JSProxy__JS_PROXY_TYPE');
  put(firstReceiver, { role: 'receiver', name: proxyName, size: 'fixed' });
  const firstNonstring = constants.number('FirstNonstringType');
  return (type) => {
    if (type < firstNonstring) return describeString(type);
    return table.get(type) ?? (type > firstReceiver ? plainReceiver : unknownInternal);
  };
}

/** NATIVE_CONTEXT among the types of contexts: one for each realm, with a word for its queue of microtasks at the end. */
const nativeContext = 7;
/** Proxies have no constructor, and no prototype of their own. */
export const proxyName = 'Proxy';
const plainReceiver: InstanceType = { role: 'receiver', name: 'Object', size: 'fixed' };
const unknownInternal = internal('(system)');

function internal(name: string, size: SizeRule = 'fixed'): InstanceType {
  return { role: 'internal', name, size };
}

/** The low bits of a string's type: 3 for its form, 1 for one byte a character. */
function describeString(type: number): InstanceType {
  const form = type & 7;
  if (form === 1) return internal('(concatenated string)');
  if (form === 3) return internal('(sliced string)');
  if (form !== 0) return internal('(string)'); // outside the heap, or a thin one that stands for another
  return internal('(string)', (type & 8) !== 0 ? oneByteString : twoByteString);
}
