import { expect, test } from 'vitest';
import type { HeapVitals } from '../../src/model/vitals.ts';
import { createJvmFloor } from '../../src/monitor/jvm-floor.ts';

const READING = { atSeconds: 1, residentBytes: 1, cpuSeconds: 1, fullCollections: 0 };

function heapOf(concurrent: number, old: number, more: Partial<HeapVitals> = {}): HeapVitals {
  const gc = [
    { gc: 'young', collections: 7, full: false },
    { gc: 'old', collections: 1, full: true },
    { gc: 'concurrent', collections: concurrent, full: false },
  ];
  return { usedBytes: old + 100, spaceUsedBytes: { eden: 90, survivor: 10, old }, externalBytes: {}, gc, ...more };
}

/** The floors that are told while these are read: collections of the cycles, and bytes of the old generation. */
function floorsOf(...heaps: readonly (readonly [cycles: number, old: number])[]): (number | undefined)[] {
  const follow = createJvmFloor();
  return heaps.map(([cycles, old]) => follow(READING, heapOf(cycles, old)).heapLiveBytes);
}

test('the floor is the lowest use between two cycles without eden, told once', () => {
  const floors = floorsOf([4, 50], [6, 550], [6, 300], [6, 400], [8, 500], [8, 350], [8, 450], [10, 600]);
  expect(floors).toEqual([undefined, undefined, undefined, undefined, undefined, undefined, undefined, 310]);
});

test('the two pauses of a cycle are one', () => {
  const floors = floorsOf([4, 50], [5, 600], [6, 600], [6, 300], [7, 650], [8, 640], [8, 350]);
  expect(floors.slice(4)).toEqual([310, 310, undefined]);
});

test('cycles count as collections of the whole heap', () => {
  expect(createJvmFloor()(READING, heapOf(4, 500)).fullCollections).toBe(5);
});

test('a heap that is not divided is taken as a whole', () => {
  const follow = createJvmFloor();
  const floors = [3, 4, 5, 6].map(
    (cycles) => follow(READING, heapOf(cycles, 0, { usedBytes: 100 * cycles, spaceUsedBytes: {} })).heapLiveBytes,
  );
  expect(floors.at(-1)).toBe(400);
});

test('what the runtime itself tells of the last full collection goes first, and is new once', () => {
  const follow = createJvmFloor();
  const live = { bytes: 400, atSeconds: 77 };
  expect(follow(READING, heapOf(4, 500, { live })).heapLiveBytes).toBe(400);
  expect(follow(READING, heapOf(4, 500, { live }))).not.toHaveProperty('heapLiveBytes');
  expect(follow(READING, heapOf(4, 500, { live: { ...live, atSeconds: 78 } })).heapLiveBytes).toBe(400);
});
