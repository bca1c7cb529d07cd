import { expect, test } from 'vitest';
import type { ProcessMemory } from '../../../../src/memory/process-memory.ts';
import { KlassReader } from '../../../../src/runtimes/hotspot/census/klass-reader.ts';
import { VmMemory } from '../../../../src/runtimes/hotspot/vm-memory.ts';

const [klass, symbol] = [0x1000, 0x2000];
const fields = {
  'Klass::_layout_helper': 8,
  'Klass::_super_check_offset': 16,
  'Klass::_name': 24,
  'Klass::_secondary_super_cache': 32,
  'Klass::_primary_supers[0]': 48,
  'Symbol::_length': 0,
  'Symbol::_body': 6,
  'java_lang_Class::_oop_size_offset': 0x3000,
};

/** A class of which everything is in order but what is told otherwise. */
function read({ name = 'shop/Order', layout = 24, superAt = 56, itself = klass, sizeOffset = 104 }) {
  const bytes = Buffer.alloc(0x4000);
  bytes.writeInt32LE(layout, klass + 8);
  bytes.writeInt32LE(superAt, klass + 16);
  bytes.writeUInt32LE(symbol, klass + 24);
  bytes.writeUInt32LE(itself, klass + 56);
  bytes.writeUInt16LE(name.length, symbol);
  bytes.write(name, symbol + 6, 'latin1');
  bytes.writeUInt32LE(sizeOffset, 0x3000);
  const memory = {
    read: (address: number, into: Uint8Array, at: number, length: number) =>
      bytes.copy(into, at, address, address + length),
  } as Partial<ProcessMemory> as ProcessMemory;
  const structs = {
    fields: new Map(Object.entries(fields).map(([key, at]) => [key, { isStatic: false, at, type: '' }])),
    typeBytes: new Map([['Klass', 200]]),
    constants: new Map<string, number>(),
  };
  return new KlassReader(new VmMemory(memory, structs)).read(klass);
}

test.each<[string, Parameters<typeof read>[0], object]>([
  ['shop.Order', {}, { kind: 'instance', bytes: 24 }],
  ['shop.Order', { layout: 25 }, { kind: 'instance', bytes: 24 }], // the lowest bit is no part of the size
  ['java.lang.Class', { name: 'java/lang/Class' }, { kind: 'mirror', sizeOffset: 104 }],
  ['byte[]', { name: '[B', layout: -0x3feff800 }, { kind: 'array', headerBytes: 16, elementBytes: 1 }],
  [
    'java.lang.Object[]',
    { name: '[Ljava/lang/Object;', layout: -0x7feff3fe },
    { kind: 'array', headerBytes: 16, elementBytes: 4 },
  ],
])('reads the class %s', (name, change, shape) => {
  expect(read(change)).toEqual({ name, shape });
});

test.each<[string, Parameters<typeof read>[0]]>([
  ['that is not its own super', { itself: klass + 8 }],
  ['that looks for itself outside of its supers', { superAt: 400 }],
  ['without a name', { name: '' }],
  ['whose objects are of no size', { layout: 0 }],
  ['whose objects are larger than any', { layout: 2 ** 21 }],
  ['that is called an array and is none', { name: '[B' }],
  ['that is an array and is not called one', { layout: -0x3feff800 }],
  ['whose objects hold their size where none can', { name: 'java/lang/Class', sizeOffset: 2 ** 20 }],
  ['whose objects hold their size between two words', { name: 'java/lang/Class', sizeOffset: 102 }],
])('a class %s is none', (_, change) => {
  expect(read(change)).toBeUndefined();
});
