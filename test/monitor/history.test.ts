import { expect, test } from 'vitest';
import type { HeapVitals, Vitals } from '../../src/model/vitals.ts';
import { createHistory } from '../../src/monitor/history.ts';
import { heapOf } from './fake-world.ts';

const vitals = (atSeconds: number, heap?: HeapVitals): Vitals => ({
  atSeconds,
  process: { residentBytes: 7, cpuSeconds: 3, threads: 1 },
  ...(heap && { heap }),
});

test('a point holds what analysis looks back on', () => {
  const history = createHistory(100);
  history.add(vitals(10, heapOf(1000, 4)));
  expect(history.points()).toEqual([
    { atSeconds: 10, usedBytes: 1000, fullCollections: 4, residentBytes: 7, cpuSeconds: 3 },
  ]);
});

test('a heap that could not be read is no point', () => {
  const history = createHistory(100);
  history.add(vitals(10));
  expect(history.points()).toEqual([]);
});

test('what is older than the window is forgotten', () => {
  const history = createHistory(100);
  for (let at = 0; at <= 300; at += 50) history.add(vitals(at, heapOf(at, 0)));
  expect(history.points().map(({ atSeconds }) => atSeconds)).toEqual([200, 250, 300]);
});

test('there is a bound on the points, whatever the window', () => {
  const history = createHistory(1e9);
  for (let at = 1; at <= 1200; at++) history.add(vitals(at, heapOf(at, 0)));
  expect(history.points()).toHaveLength(1000);
  expect(history.points().at(-1)?.atSeconds).toBe(1200);
});

test('after the clock was set back nothing remains in the future', () => {
  const history = createHistory(100);
  for (const at of [500, 505, 490]) history.add(vitals(at, heapOf(at, 0)));
  expect(history.points().map(({ atSeconds }) => atSeconds)).toEqual([490]);
});
