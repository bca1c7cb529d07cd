import { expect, test } from 'vitest';
import type { ObjectHeader } from '../../../../src/runtimes/hotspot/census/object-header.ts';
import { bytesOf, countsOf, filler, klasses, longs, mirror, order, tallyOf } from '../heap-words.ts';

test('counts objects of every shape, and leaves out what only fills gaps', () => {
  const heap = [order, bytesOf(0), bytesOf(9), longs(3), mirror(14), filler(5), order].flat();
  const tally = tallyOf();
  expect(tally.count(Int32Array.from(heap), 0, heap.length)).toBe(heap.length);
  expect(countsOf(tally)).toEqual({
    Order: [2, 48],
    'byte[]': [2, 16 + 32],
    'long[]': [1, 40],
    'java.lang.Class': [1, 112],
  });
});

test('answers where the next object begins, though it may be far beyond', () => {
  const tally = tallyOf();
  expect(tally.count(Int32Array.from([...order, 1, 0, 24, 2 ** 31 - 1]), 0, 10)).toBe(6 + 4 + 2 * (2 ** 31 - 1));
  expect(countsOf(tally)['long[]']).toEqual([1, 16 + 8 * (2 ** 31 - 1)]);
});

test.each([
  ['no class', [1, 0, 48, 0]],
  ['a negative length', [1, 0, 24, -1]],
  ['a java.lang.Class without size', [1, 0, 32, 0, 0, 0]],
  ['nothing', [0, 0, 0, 0]],
])('stops at %s', (_, words) => {
  const tally = tallyOf();
  const heap = Int32Array.from([...order, ...words, 0, 0, 0, 0]);
  expect(tally.count(heap, 0, heap.length)).toBe(6);
  expect(countsOf(tally)).toEqual({ Order: [1, 24] });
});

test('a row is one of objects that nobody has locked', () => {
  const tally = tallyOf();
  const heap = Int32Array.from([...order, ...longs(1), ...order, 0, 0, 0, 0]);
  expect(tally.isRow(heap, 0, 18, 3)).toBe(true);
  expect(tally.isRow(heap, 2, 18, 3)).toBe(false);
  expect(tally.isRow(heap, 12, heap.length, 2)).toBe(false);
  heap[0] = 2; // a lock of its own
  expect(tally.isRow(heap, 0, 18, 3)).toBe(false);
  expect(countsOf(tally)).toEqual({});
});

test('classes are told apart by all bits of their pointers, also where headers are compact', () => {
  const wide: ObjectHeader = {
    ...{ klassWord: 2, klassShift: 0, wide: true, lengthWord: 4 },
    klassAddress: (low, high) => (high >>> 0) * 2 ** 32 + (low >>> 0),
  };
  const facts = { 8: klasses[8]!, [2 ** 32 + 8]: { ...klasses[8]!, name: 'Far' } };
  const tally = tallyOf(facts, wide);
  const heap = Int32Array.from([1, 0, 8, 0, 0, 0, 1, 0, 8, 1, 0, 0, 1, 0, 8, 1, 0, 0]);
  expect(tally.count(heap, 0, 18)).toBe(18);
  expect(countsOf(tally)).toEqual({ Order: [1, 24], Far: [2, 48] });

  const compact: ObjectHeader = {
    ...{ klassWord: 1, klassShift: 10, wide: false, lengthWord: 2 },
    klassAddress: (low) => low,
  };
  const small = tallyOf({ 3: { name: 'Empty', shape: { kind: 'instance', bytes: 8 } } }, compact);
  expect(small.count(Int32Array.from([1, (3 << 10) | 0x3ff, 1, 3 << 10]), 0, 4)).toBe(4);
  expect(countsOf(small)).toEqual({ Empty: [2, 16] });
});

test('a part can be told, taken back, and added to another tally whose classes are the same', () => {
  const heap = Int32Array.from([order, order, longs(2), order].flat());
  const tally = tallyOf();
  tally.count(heap, 0, 6);
  tally.mark();
  tally.count(heap, 6, heap.length);
  const part = tally.part();
  tally.undo();
  expect(countsOf(tally)).toEqual({ Order: [1, 24] });

  const later = tallyOf({ ...klasses, 24: { ...klasses[24]!, name: 'double[]' } });
  const ids = later.idsOf(tally.classes);
  expect(ids[part[3]!]).toBe(0); // another class is there now
  later.add(Float64Array.of(ids[part[0]!]!, ...part.subarray(1, 3)));
  expect(countsOf(later)).toEqual({ Order: [2, 48] });
});

test('many classes, some of one name, are counted right', () => {
  const heap = new Int32Array(4 * 100_000);
  for (let index = 0; index < 100_000; index++) heap.set([1, 0, 8 * (index % 40_000) + 8, 0], index * 4);
  const facts = Object.fromEntries(
    Array.from({ length: 40_000 }, (_, index) => [
      8 * index + 8,
      { name: `C${index % 30_000}`, shape: { kind: 'instance' as const, bytes: 16 } },
    ]),
  );
  const tally = tallyOf(facts);
  expect(tally.count(heap, 0, heap.length)).toBe(heap.length);
  const rows = tally.types();
  expect(rows).toHaveLength(30_000);
  expect(rows[0]!.count).toBe(5); // C0 is met three times at its one address and twice at the other
  expect(rows.reduce((sum, { count }) => sum + count, 0)).toBe(100_000);
});
