import { expect, test } from 'vitest';
import { createFloorWindow } from '../../../src/monitor/history/floor-window.ts';

const reading = (atSeconds: number, heapUsedBytes?: number, fullCollections?: number) => ({
  atSeconds,
  residentBytes: 1,
  cpuSeconds: 1,
  threads: 1,
  ...(heapUsedBytes !== undefined && { heapUsedBytes }),
  ...(fullCollections !== undefined && { fullCollections }),
});

test('a reading that tells the heap in use is in the window, another is not', () => {
  const window = createFloorWindow(100);
  window.add(reading(10, 900, 3));
  window.add(reading(15));
  expect(window.add(reading(20, 800))).toEqual([
    { atSeconds: 10, usedBytes: 900, fullCollections: 3 },
    { atSeconds: 20, usedBytes: 800 },
  ]);
});

const times = (...ats: number[]) => {
  const window = createFloorWindow(100);
  return ats.map((at) => window.add(reading(at, 1)).map(({ atSeconds }) => atSeconds)).at(-1);
};

test('what is older than the window is forgotten', () => {
  expect(times(0, 50, 100, 150, 200)).toEqual([100, 150, 200]);
});

test('after the clock was set back nothing remains in the future', () => {
  expect(times(500, 505, 490)).toEqual([490]);
});

test('there is a bound, whatever the clocks do', () => {
  const window = createFloorWindow(1e9);
  for (let at = 1; at < 1200; at++) window.add(reading(at, 1));
  expect(window.add(reading(1200, 1))).toHaveLength(1000);
});
