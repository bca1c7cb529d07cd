import { expect, test } from 'vitest';
import { createGcSum, type GcCounts } from '../../../../src/runtimes/v8/vitals/gc-counts.ts';

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

test('a worker that starts when another one has ended adds to it, however much it has collected', () => {
  const next = { isolate: 3, minor: 50, major: 5 };
  expect(sums([main, worker], [main, next], [main, { ...next, minor: 51 }], [main])).toEqual([
    [130, 13],
    [180, 18],
    [181, 18],
    [181, 18],
  ]);
});

test('a heap that was not seen for a moment is counted once', () => {
  expect(sums([main, worker], [worker], [main, { ...worker, minor: 31 }])).toEqual([
    [130, 13],
    [130, 13],
    [131, 13],
  ]);
});

test('a major collection that is just beginning, and looks like a minor one, lets no count go back', () => {
  expect(
    sums([main], [{ ...main, minor: 101 }], [{ ...main, major: 11 }], [{ ...main, minor: 101, major: 11 }]),
  ).toEqual([
    [100, 10],
    [101, 10],
    [101, 11],
    [101, 11],
  ]);
});

test('workers without end are summed up in bounded memory', () => {
  const sum = createGcSum();
  for (let isolate = 1; isolate < 1000; isolate++) sum([main, { isolate: isolate + 1, minor: 1, major: 1 }]);
  expect(sum([main]).map(({ collections }) => collections)).toEqual([1099, 1009]);
});
