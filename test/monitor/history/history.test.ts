import { expect, test } from 'vitest';
import type { Vitals } from '../../../src/model/vitals.ts';
import { createHistory, readingOf } from '../../../src/monitor/history/history.ts';
import { heapOf } from '../fake-world.ts';

const HOUR = 3600;
const START = 1_700_000_000;

const vitals = (atSeconds: number, overrides: Partial<Vitals> = {}): Vitals => ({
  atSeconds,
  process: { residentBytes: 7, cpuSeconds: 3, threads: 1 },
  ...overrides,
});

/** A history of some hours, with a reading every 5 s and a census every 30 s. */
function historyOf(hours: number, pace = 1) {
  const history = createHistory(pace);
  for (let at = 0; at < hours * HOUR; at += 5) {
    const atSeconds = START + at / pace;
    history.addReading(readingOf(vitals(atSeconds, { heap: heapOf(at, 0) })));
    if (at % 30 === 0) history.addCensus({ atSeconds, types: [{ type: 'dict', count: at, bytes: at }] });
  }
  return history;
}

test('a reading holds the few figures that are looked back on; what was not known is absent', () => {
  const process = { residentBytes: 7, cpuSeconds: 3, threads: 1, openFds: 5 };
  const cgroup = { usageBytes: 9, workingSetBytes: 8 };
  const history = createHistory(1);
  history.addReading(readingOf(vitals(10)));
  history.addReading(readingOf({ atSeconds: 15, heap: heapOf(1000, 4), process, cgroup }));
  expect(history.all().readings).toEqual([
    { atSeconds: 10, residentBytes: 7, cpuSeconds: 3, threads: 1 },
    {
      atSeconds: 15,
      heapUsedBytes: 1000,
      residentBytes: 7,
      workingSetBytes: 8,
      cpuSeconds: 3,
      fullCollections: 4,
      openFds: 5,
      threads: 1,
    },
  ]);
});

test('all of 20 minutes is kept, then one reading in 30 s, then one in 2 minutes, for a day', () => {
  const { readings } = historyOf(30).all();
  const now = readings.at(-1)!.atSeconds;
  const gaps = (from: number, to: number) => {
    const stretch = readings.filter(({ atSeconds }) => now - atSeconds >= from && now - atSeconds < to);
    return new Set(stretch.slice(1).map(({ atSeconds }, index) => atSeconds - stretch[index]!.atSeconds));
  };
  expect(gaps(0, 1200)).toEqual(new Set([5]));
  expect(gaps(1300, 6 * HOUR)).toEqual(new Set([30]));
  expect(gaps(6 * HOUR + 200, 24 * HOUR)).toEqual(new Set([120]));
  expect(now - readings[0]!.atSeconds).toBeGreaterThan(24 * HOUR - 200);
  expect(now - readings[0]!.atSeconds).toBeLessThanOrEqual(24 * HOUR);
  expect(readings.length).toBeLessThan(1500);
});

test('censuses are thinned ten times as much', () => {
  const { censuses } = historyOf(30).all();
  const now = START + 30 * HOUR;
  expect(censuses.filter(({ atSeconds }) => now - atSeconds <= 1200).length).toBe(40);
  expect(censuses.length).toBeLessThanOrEqual(40 + 68 + 37);
  expect(now - censuses[0]!.atSeconds).toBeGreaterThan(23 * HOUR);
});

test('pace shortens the window', () => {
  const { readings } = historyOf(30, 60).all();
  expect(readings.at(-1)!.atSeconds - readings[0]!.atSeconds).toBeLessThanOrEqual(24 * 60);
  expect(readings.length).toBe(historyOf(30).all().readings.length);
});

test('after the clock was set back nothing remains in the future', () => {
  const history = createHistory(1);
  for (const at of [500, 505, 490]) history.addReading(readingOf(vitals(at, { heap: heapOf(at, 0) })));
  expect(history.all().readings.map(({ atSeconds }) => atSeconds)).toEqual([490]);
});

test('what was kept of the same process comes back, and goes on', () => {
  const before = historyOf(8);
  const after = createHistory(1);
  after.restore(before.all());
  expect(after.all()).toEqual(before.all());
  after.addReading(readingOf(vitals(START + 8 * HOUR + 60)));
  expect(after.all().readings.at(-1)?.atSeconds).toBe(START + 8 * HOUR + 60);
});

test('when memory is short no more than 6 hours, or 20 minutes, are kept; a day again when it is not', () => {
  const history = historyOf(8);
  const hours = () => (history.all().readings.at(-1)!.atSeconds - history.all().readings[0]!.atSeconds) / HOUR;
  expect(hours()).toBeGreaterThan(7.9);
  history.keepAs('scarce');
  expect(hours()).toBeLessThan(6.1);
  history.keepAs('critical');
  expect(hours()).toBeLessThan(0.4);
  expect(history.all().censuses.length).toBeLessThan(45);
  history.keepAs('none');
  for (let at = 8 * HOUR; at < 16 * HOUR; at += 5) history.addReading(readingOf(vitals(START + at)));
  expect(hours()).toBeGreaterThan(7.9);
});
