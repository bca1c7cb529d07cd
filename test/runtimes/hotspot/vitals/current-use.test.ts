import { expect, test } from 'vitest';
import type { ProcessMemory } from '../../../../src/memory/process-memory.ts';
import { findCurrentUse } from '../../../../src/runtimes/hotspot/vitals/current-use.ts';
import type { VmStructs } from '../../../../src/runtimes/hotspot/vm-structs.ts';

const fixed = { type: '', isStatic: true };
const field = { type: '', isStatic: false };
const structs: VmStructs = {
  typeBytes: new Map(),
  constants: new Map(),
  fields: new Map([
    ['Universe::_collectedHeap', { ...fixed, at: 0 }],
    ['SerialHeap::_young_gen', { ...field, at: 0 }],
    ['SerialHeap::_old_gen', { ...field, at: 8 }],
    ['DefNewGeneration::_eden_space', { ...field, at: 0 }],
    ['TenuredGeneration::_the_space', { ...field, at: 8 }],
    ['ContiguousSpace::_bottom', { ...field, at: 0 }],
    ['ContiguousSpace::_top', { ...field, at: 8 }],
  ]),
};

/** The heap at 64, its generations at 128, eden at 256 with this bottom and top, the old space at 320. */
function useOf(bottom: bigint, top: bigint): unknown {
  const bytes = Buffer.alloc(512);
  for (const [at, value] of [
    ...([
      [0, 64n],
      [64, 128n],
      [72, 128n],
      [128, 256n],
      [136, 320n],
    ] as const),
    ...([
      [256, bottom],
      [264, top],
      [320, 5000n],
      [328, 7000n],
    ] as const),
  ]) {
    bytes.writeBigUInt64LE(value, at);
  }
  const read: ProcessMemory['read'] = (address, into, at, length) => bytes.copy(into, at, address, address + length);
  const readWord = (address: number) => (address >= 0 ? Number(bytes.readBigUInt64LE(address)) : undefined);
  const memory = { read, readWord } as ProcessMemory;
  const flags = { bool: (name: string) => name === 'UseSerialGC', number: () => undefined };
  return findCurrentUse(memory, structs, flags)();
}

test('what a space has in use is what lies between its bottom and its top', () => {
  expect(useOf(1000n, 1500n)).toEqual({ used: { eden: 500, old: 2000 } });
});

test.each([
  ['ends before it begins', 1500n, 1000n],
  ['ends beyond all memory', 1000n, 2n ** 63n],
])('the use of a space that %s is not known', (_, bottom, top) => {
  expect(useOf(bottom, top)).toEqual({ used: { old: 2000 } });
});
