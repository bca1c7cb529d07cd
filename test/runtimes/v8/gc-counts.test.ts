import { expect, test } from 'vitest';
import { createGcSum, type GcCounts } from '../../../src/runtimes/v8/gc-counts.ts';

const main: GcCounts = { isolate: 1, minor: 100, major: 10 };
const worker: GcCounts = { isolate: 2, minor: 30, major: 3 };

/** Minor and major collections after each row of readings. */
function sums(...readings: GcCounts[][]): number[][] {
  const sum = createGcSum();
  return readings.map((reading) => sum(reading).map(({ collections }) => collections));
}

test('the collections of all isolates are added up, and the major ones are full', () => {
  expect(createGcSum()([main, worker])).toEqual([
    { gc: 'minor', collections: 130, full: false },
    { gc: 'major', collections: 13, full: true },
  ]);
});

test('a worker that ends leaves its collections', () => {
  expect(sums([main, worker], [main], [{ ...main, minor: 101 }])).toEqual([
    [130, 13],
    [130, 13],
    [131, 13],
  ]);
});

test('a worker in the place of one that has ended adds to it', () => {
  const next = { isolate: 2, minor: 5, major: 0 };
  expect(sums([main, worker], [main, next], [main, { ...next, minor: 6 }], [main])).toEqual([
    [130, 13],
    [135, 13],
    [136, 13],
    [136, 13],
  ]);
});
