import { expect, test } from 'vitest';
import type { HistoryReading } from '../../../src/model/history.ts';
import { createCensusStore } from '../../../src/monitor/history/census-store.ts';
import { createReadingQueue } from '../../../src/monitor/history/reading-queue.ts';
import { createThinnedWindow } from '../../../src/monitor/history/thinned-window.ts';

const reading = (atSeconds: number, known: Partial<HistoryReading> = {}): HistoryReading => ({
  atSeconds,
  residentBytes: 1,
  cpuSeconds: 0.5,
  threads: 2,
  ...known,
});

const windowOf = (most: number) =>
  createThinnedWindow(
    [
      { seconds: 10, stepSeconds: 0, most },
      { seconds: 100, stepSeconds: 10, most },
    ],
    createReadingQueue,
    ({ heapLiveBytes }) => heapLiveBytes !== undefined,
  );

const times = (items: readonly HistoryReading[]) => items.map(({ atSeconds }) => atSeconds);

test('of several in one step the first is kept', () => {
  const window = windowOf(100);
  for (let at = 0; at <= 40; at += 4) window.add(reading(at));
  expect(times(window.items())).toEqual([0, 12, 24, 32, 36, 40]);
});

test('one that matters is kept instead of others', () => {
  const window = windowOf(100);
  for (let at = 0; at <= 40; at += 4) window.add(reading(at, at === 16 ? { heapLiveBytes: 7 } : {}));
  expect(times(window.items())).toContain(16);
  expect(times(window.items())).not.toContain(12);
});

test('what is older than the oldest tier is forgotten, also all at once', () => {
  const window = windowOf(100);
  for (let at = 0; at <= 40; at += 4) window.add(reading(at));
  window.add(reading(130));
  expect(times(window.items())).toEqual([36, 130]);
  window.add(reading(1e9));
  expect(times(window.items())).toEqual([1e9]);
});

test('there is a bound, whatever the clocks do', () => {
  const window = windowOf(20);
  for (let at = 0; at < 9; at += 0.01) window.add(reading(at));
  expect(window.items().length).toBeGreaterThanOrEqual(20);
  expect(window.items().length).toBeLessThanOrEqual(40);
});

test('a queue of readings keeps its order while it grows, turns and shrinks', () => {
  const queue = createReadingQueue(50);
  const expected: HistoryReading[] = [];
  for (let at = 0; at < 400; at++) {
    if (queue.length === 50 || at % 7 === 3) expect(queue.shift()).toEqual(expected.shift());
    if (at % 11 === 5) expect(queue.pop()).toEqual(expected.pop());
    const next = reading(at, at % 2 === 0 ? { heapUsedBytes: 2 ** 41 + at, openFds: 0 } : {});
    queue.push(next);
    expected.push(next);
    expect([queue.length, queue.first(), queue.last()]).toEqual([expected.length, expected[0], expected.at(-1)]);
  }
  expect(queue.items()).toEqual(expected);
  while (queue.length > 0) queue.pop();
  expect([queue.first(), queue.last(), queue.shift(), queue.pop()]).toEqual(Array(4).fill(undefined));
});

test('a store of censuses gives counts and bytes back, by name', () => {
  const store = createCensusStore();
  const tuple = { type: 'tuple', count: 3, bytes: 2 ** 41 };
  const dict = { type: 'dict', count: 9, bytes: 8 };
  store.push({ atSeconds: 1, types: [{ ...tuple, trackedCount: 2 }, dict] });
  store.push({ atSeconds: 2, types: [dict, tuple] });
  store.push({ atSeconds: 3, types: [] });
  expect(store.items()).toEqual([
    { atSeconds: 1, types: [dict, tuple] },
    { atSeconds: 2, types: [dict, tuple] },
    { atSeconds: 3, types: [] },
  ]);
  expect([store.shift()?.atSeconds, store.pop()?.atSeconds, store.length]).toEqual([1, 3, 1]);
});
