import { expect, test } from 'vitest';
import { constantsOf } from '../../../../src/runtimes/v8/constants.ts';
import { describeTypes } from '../../../../src/runtimes/v8/types/instance-types.ts';

/** As Node.js 22.23.3 tells them, cut to what is asked for. */
const told = new Map([
  ['FirstNonstringType', 128],
  ['FirstContextType', 190],
  ['LastContextType', 199],
  ['type_Symbol__SYMBOL_TYPE', 128],
  ['type_HeapNumber__HEAP_NUMBER_TYPE', 130],
  ['type_FixedArray__FIXED_ARRAY_TYPE', 174],
  ['type_ByteArray__BYTE_ARRAY_TYPE', 186],
  ['type_WeakFixedArray__WEAK_FIXED_ARRAY_TYPE', 247],
  ['type_FeedbackVector__FEEDBACK_VECTOR_TYPE', 258],
  ['type_FreeSpace__FREE_SPACE_TYPE', 260],
  ['type_Map__MAP_TYPE', 264],
  ['type_JSProxy__JS_PROXY_TYPE', 291],
  ['type_JSArrayBuffer__JS_ARRAY_BUFFER_TYPE', 2062],
  ['class_BytecodeArray__data__uintptr_t', 64],
  ['class_DescriptorArray__header_size__uintptr_t', 24],
]);
const describe = describeTypes(constantsOf(told));

test.each([
  ['an internalised text of one byte a character', 8, '(string)', { elementBytes: 1 }],
  ['a text of two', 32, '(string)', { elementBytes: 2 }],
  ['a rope', 41, '(concatenated string)', 'fixed'],
  ['a slice', 43, '(sliced string)', 'fixed'],
  ['a text outside the heap', 42, '(string)', 'fixed'],
  ['a symbol', 128, '(symbol)', 'fixed'],
  ['a BigInt, which no constant tells', 129, '(bigint)', { shift: 1 }],
  ['a hash table among the arrays', 180, '(array)', { headerBytes: 16, elementBytes: 8 }],
  ['a context', 191, '(context)', { headerBytes: 16 }],
  ['the context of a realm, with a word more', 197, '(system)', { headerBytes: 24 }],
  ['the transitions of a map', 248, '(object shape)', { headerBytes: 16 }],
  ['a map', 264, '(object shape)', 'fixed'],
  ['what nobody knows', 140, '(system)', 'fixed'],
])('%s', (_, type, name, size) => {
  expect(describe(type)).toMatchObject({ role: 'internal', name, size });
});

test('what is free is no object; receivers are named after their constructors', () => {
  expect([259, 260].map((type) => describe(type).role)).toEqual(['filler', 'filler']);
  expect(describe(291)).toMatchObject({ role: 'receiver', name: 'Proxy' });
  expect(describe(1057)).toMatchObject({ role: 'receiver', name: 'Object' });
  expect(describe(2062).role).toBe('buffer');
});

test('a build that does not tell what is needed is refused', () => {
  expect(() => describeTypes(constantsOf(new Map()))).toThrow(expect.objectContaining({ kind: 'unsupported' }));
});
