import { expect, test } from 'vitest';
import { readBootId } from '../../src/linux/boot-id.ts';
import { recordTree } from './recorded-tree.ts';

const FILE = 'sys/kernel/random/boot_id';

test('the boot id is read', () => {
  const { path } = recordTree({ [FILE]: '0b7a1c1e-6a4f-4c0e-9a51-0d3f4f4a2a10\n' });
  expect(readBootId(path)).toBe('0b7a1c1e-6a4f-4c0e-9a51-0d3f4f4a2a10');
});

test('what is none is refused', () => {
  expect(() => readBootId(recordTree({ [FILE]: 'yesterday\n' }).path)).toThrow(/holds no boot id/);
  expect(() => readBootId(recordTree({}).path)).toThrow();
});
