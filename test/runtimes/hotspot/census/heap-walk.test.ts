import { expect, test } from 'vitest';
import { HeapWalk } from '../../../../src/runtimes/hotspot/census/heap-walk.ts';
import type { Gap } from '../../../../src/runtimes/hotspot/census/tlabs.ts';
import { bytesOf, countsOf, longs, order, tallyOf } from '../heap-words.ts';

const base = 0x700000000;

/** A heap at `base`; what lies beyond is absent. */
function walkOf(heap: readonly number[], gaps: readonly Gap[] = [], abort = new Int32Array(1)) {
  const bytes = Buffer.from(Int32Array.from(heap).buffer);
  const tally = tallyOf();
  const top = base + bytes.length;
  const reads: number[] = [];
  const memory = {
    nextPresent: (address: number, end: number) => (address < top ? address : end),
    read(address: number, into: Uint8Array, at: number, length: number) {
      reads.push(length);
      into.fill(0, at, at + length);
      const offset = address - base;
      return bytes.copy(into, at, Math.min(bytes.length, offset), Math.min(bytes.length, offset + length));
    },
  };
  const walk = new HeapWalk({ memory, tally, alignment: 8, abort });
  walk.begin(gaps);
  return { walk, tally, reads, top };
}

const orders = (count: number) => Array<number[]>(count).fill(order).flat();

test('walks over many copies of the heap, whatever lies on their borders', () => {
  const { walk, tally, top } = walkOf([orders(250_001), longs(70_000), orders(3)].flat());
  expect(walk.walk(base, top)).toBe(top);
  expect(countsOf(tally)).toEqual({ Order: [250_004, 24 * 250_004], 'long[]': [1, 560_016] });
  expect([walk.walkedBytes, walk.skippedBytes]).toEqual([top - base, 0]);
});

test('what a long array holds is not read', () => {
  const { walk, reads, top } = walkOf([longs(2_000_000), order].flat());
  expect(walk.walk(base, top)).toBe(top);
  expect(reads.reduce((sum, length) => sum + length, 0)).toBeLessThan(2 ** 19);
});

test('what lies in the gaps of threads is no object, nor are their bytes those of objects', () => {
  const heap = [orders(2), orders(5), orders(3), [9, 9, 8, 8], orders(1)].flat();
  const gap = (from: number, to: number) => ({ start: base + from, end: base + to });
  const { walk, tally, top } = walkOf(heap, [gap(-64, -8), gap(48, 168), gap(240, 256), gap(9999, 10_000)]);
  expect(walk.walk(base, top)).toBe(top);
  expect(countsOf(tally)).toEqual({ Order: [6, 144] });
  expect([walk.walkedBytes, walk.skippedBytes]).toEqual([144, 0]);
});

test('an area that begins or ends within a gap has nothing there', () => {
  const { walk, tally, top } = walkOf(orders(10), [
    { start: base - 24, end: base + 48 },
    { start: base + 192, end: base + 999 },
  ]);
  expect(walk.walk(base, top)).toBeGreaterThanOrEqual(top);
  expect(countsOf(tally)).toEqual({ Order: [6, 144] });
});

test('where the way is lost it is found again at the next row of objects, and what lies between is told', () => {
  const rubbish = [1, 0, 4242, 5, 1, 0, 8, 0, 1, 2, 3, 4];
  const { walk, tally, top } = walkOf([orders(2), rubbish, orders(8), [1, 0, 99, 0], bytesOf(4)].flat());
  expect(walk.walk(base, top)).toBe(top);
  expect(countsOf(tally)).toEqual({ Order: [10, 240], 'byte[]': [1, 24] });
  expect(walk.skippedBytes).toBe(rubbish.length * 4 + 16);
});

test('a heap of nothing, or that is absent, is skipped, and a walk can be stopped', () => {
  const empty = walkOf(Array<number>(3_000_000).fill(0));
  expect(empty.walk.walk(base, empty.top)).toBe(empty.top);
  expect(empty.walk.skippedBytes).toBe(empty.top - base);

  const beyond = walkOf(orders(2));
  expect(beyond.walk.walk(beyond.top + 8, beyond.top + 2 ** 40)).toBe(beyond.top + 2 ** 40);
  expect(beyond.walk.skippedBytes).toBe(2 ** 40 - 8);

  const stopped = walkOf(orders(3), [], Int32Array.of(1));
  expect(() => stopped.walk.walk(base, stopped.top)).toThrow(expect.objectContaining({ kind: 'busy' }));
});
