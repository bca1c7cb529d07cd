import { expect, test } from 'vitest';
import { estimateFloor, type FloorReading } from '../../src/analysis/floor.ts';

/** Readings every 5 s from time 1000 on. */
const readings = (...values: [usedBytes: number, fullCollections?: number][]): FloorReading[] =>
  values.map(([usedBytes, fullCollections], index) => ({
    atSeconds: 1000 + 5 * index,
    usedBytes,
    ...(fullCollections !== undefined && { fullCollections }),
  }));

test('the floor is what is used at the first reading after a full collection', () => {
  expect(estimateFloor(readings([90, 3], [95, 3], [40, 4], [60, 4], [30, 4]))).toEqual({ bytes: 40, atSeconds: 1010 });
});

test('the last full collection counts', () => {
  expect(estimateFloor(readings([90, 3], [40, 4], [80, 4], [50, 7], [70, 7]))).toEqual({ bytes: 50, atSeconds: 1015 });
});

test('nothing is known before the first full collection', () => {
  expect(estimateFloor([])).toBeUndefined();
  expect(estimateFloor(readings([90, 3]))).toBeUndefined();
  expect(estimateFloor(readings([90, 3], [20, 3], [95, 3]))).toBeUndefined();
});

test('without a full collection in 15 minutes the lowest use of these stands in', () => {
  const quiet = readings(
    [1, 3],
    ...Array.from({ length: 180 }, (_, n): [number, number] => [100 + Math.abs(n - 60), 3]),
  );
  expect(quiet.at(-1)?.atSeconds).toBe(1900);
  expect(estimateFloor(quiet)).toEqual({ bytes: 1, atSeconds: 1000 });
  expect(estimateFloor([...quiet, { atSeconds: 1905, usedBytes: 500 }])).toEqual({ bytes: 100, atSeconds: 1305 });
});

test('a full collection longer than 15 minutes ago is forgotten', () => {
  const collected = readings([90, 3], [10, 4], ...Array.from({ length: 181 }, (): [number, number] => [70, 4]));
  expect(estimateFloor(collected)).toEqual({ bytes: 70, atSeconds: 1910 });
});

test('a runtime that does not tell its collections has the lowest use', () => {
  const silent = readings(...Array.from({ length: 181 }, (_, n): [number] => [n === 50 ? 5 : 60]));
  expect(estimateFloor(silent)).toEqual({ bytes: 5, atSeconds: 1250 });
  expect(estimateFloor(silent.slice(1))).toBeUndefined();
});

test('pace shortens the 15 minutes', () => {
  const quiet = readings([50, 3], [40, 3], [60, 3], [70, 3]);
  expect(estimateFloor(quiet)).toBeUndefined();
  expect(estimateFloor(quiet, 60)).toEqual({ bytes: 40, atSeconds: 1005 });
});
