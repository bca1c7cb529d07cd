import { expect, test } from 'vitest';
import type { Census } from '../../../src/model/census.ts';
import type { MonitorOptions } from '../../../src/monitor/monitor.ts';
import { createFakeMonitor } from '../fake-monitor.ts';
import { censusOf, heapOf } from '../fake-world.ts';

/** A monitor over some targets, as its queue shows only through it. */
function queueOf(pids: readonly number[], durationSeconds: number, options: Partial<MonitorOptions> = {}) {
  const world = createFakeMonitor(
    pids.map((pid) => ({ pid })),
    options,
  );
  const { taker } = world;
  taker.durationSeconds = durationSeconds;
  const timesOf = (pid: number) => taker.taken.filter((one) => one.pid === pid).map(({ atSeconds }) => atSeconds);
  return { ...world, timesOf };
}

const PIDS = Array.from({ length: 10 }, (_, index) => 100 + index);

test('the first censuses follow one another at once', async () => {
  const { monitor, clock, taker } = queueOf(PIDS, 0.01);
  await monitor.start();
  await clock.advance(1);
  expect(taker.taken.map(({ pid }) => pid)).toEqual(PIDS);
});

test('one target costs at most 1 % of a core', async () => {
  const { monitor, clock, taker } = queueOf([42], 2);
  await monitor.start();
  await clock.advance(3599);
  expect(monitor.latest().targets[0]?.censusIntervalSeconds).toBe(200);
  expect(taker.taken).toHaveLength(3600 / 200);
});

test('all targets cost at most 5 % of a core, and none of them is left out', async () => {
  const { monitor, clock, taker } = queueOf(PIDS, 1);
  await monitor.start();
  await clock.advance(3600);
  // The burst of 5 s is spent once.
  expect(taker.taken.length).toBeLessThanOrEqual(3600 * 0.05 + 6);
  expect(taker.taken.length).toBeGreaterThan(3600 * 0.05 * 0.8);
  const counts = PIDS.map((pid) => taker.taken.filter((census) => census.pid === pid).length);
  expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
});

test('a census that the budget holds back is counted once', async () => {
  const { monitor, clock, taker } = queueOf([42, 43], 6);
  await monitor.start();
  await clock.advance(15);
  expect(taker.taken).toHaveLength(1);
  expect(monitor.latest().targets.map(({ censusResults }) => censusResults.skipped_budget)).toEqual([0, 1]);
  await clock.advance(30);
  expect(taker.taken).toHaveLength(2);
  expect(monitor.latest().targets.map(({ censusResults }) => censusResults.ok)).toEqual([1, 1]);
});

test('only one census runs at a time', async () => {
  const { monitor, clock, taker } = queueOf([42, 43], 0.01);
  const waiting: ((census: Census) => void)[] = [];
  taker.take = () => new Promise((resolve) => void waiting.push(resolve));
  await monitor.start();
  await clock.advance(60);
  expect(waiting).toHaveLength(1);
  waiting[0]?.(censusOf(1, 0.01));
  await clock.advance(0);
  expect(waiting).toHaveLength(2);
});

test('a census of a target that has ended meanwhile changes nothing', async () => {
  const { monitor, clock, taker, procfs } = queueOf([42], 0.01);
  let finish: (census: Census) => void = () => {};
  taker.take = () =>
    new Promise((resolve) => {
      finish = resolve;
    });
  await monitor.start();
  procfs.end(42);
  await clock.advance(5);
  finish(censusOf(1, 0.01));
  await clock.advance(5);
  expect(monitor.latest().targets).toEqual([]);
  expect(monitor.latest().collectors.find(({ collector }) => collector === 'census')?.errors).toEqual({});
});

test('a budget that is set holds for one target and for all', async () => {
  const { monitor, clock, taker } = queueOf(PIDS, 0.3, { censusBudget: 0.005 });
  await monitor.start();
  await clock.advance(3600);
  // 10 targets share 5 ms in a second: each is counted every 600 s; the burst is spent once.
  expect(monitor.latest().targets[0]?.censusIntervalSeconds).toBeCloseTo(600);
  expect(taker.taken.length).toBeLessThanOrEqual((3600 * 0.005 + 5) / 0.3 + 1);
});

test('a large target takes nothing from small ones', async () => {
  const { monitor, clock, taker, timesOf } = queueOf(PIDS, 0);
  const take = taker.take;
  taker.take = (process, ...rest) => {
    taker.durationSeconds = process.pid === 100 ? 30 : 0.1;
    return take(process, ...rest);
  };
  await monitor.start();
  await clock.advance(7200);
  // 1 % of a core for it alone; the others get what they wish for, but for the minutes that its cost has overdrawn.
  expect(timesOf(100).length).toBeGreaterThanOrEqual(2);
  expect(timesOf(100).length).toBeLessThanOrEqual(3);
  expect(timesOf(101).length).toBeGreaterThan((7200 / 30) * 0.8);
});

test('targets that come and go do not keep others from their turn', async () => {
  const { monitor, clock, procfs, timesOf } = queueOf([42], 3);
  await monitor.start();
  for (let pid = 1000; pid < 1200; pid++) {
    procfs.set({ pid });
    procfs.end(pid - 2);
    await clock.advance(10);
  }
  expect(timesOf(42).length).toBeGreaterThanOrEqual(3);
});

test('a census waits for the full collection that is near, and not for one that is far', async () => {
  const { monitor, clock, runtime, timesOf } = queueOf([42], 0.01);
  // Vitals are read every 5 s, and show a full collection more at 10, 20, 35, 45, 60 and 70 s.
  runtime.onVitals = () => {
    runtime.heap = heapOf(1000, Math.floor((clock.elapsedSeconds() + 4) / 12));
  };
  await monitor.start();
  await clock.advance(80);
  // Due at 30, and one may come any moment; due at 65, and the next is expected 15 s after the last.
  expect(timesOf(42)).toEqual([0, 35, 65]);
});

test('on a busy machine censuses are four times as far apart', async () => {
  const { monitor, clock, procfs, timesOf } = queueOf([42], 0.01);
  procfs.tree.write({ 'pressure/cpu': 'some avg10=95.00 avg60=0.00 avg300=0.00 total=1\n' });
  await monitor.start();
  await clock.advance(300);
  expect(timesOf(42)).toEqual([0, 120, 240]);
  expect(monitor.latest().targets[0]?.censusIntervalSeconds).toBe(120);
});

test('a target that is swapped out is not counted until it is back', async () => {
  const { monitor, clock, procfs, taker, log } = queueOf([42], 0.01);
  const statusOf = (swapped: number) =>
    procfs.tree.write({
      '42/status': `VmRSS:\t2000 kB\nRssAnon:\t1000 kB\nVmSwap:\t${swapped} kB\nThreads:\t1\n`,
    });
  statusOf(500);
  await monitor.start();
  await clock.advance(65);
  expect(taker.taken).toEqual([]);
  expect(monitor.latest().targets[0]).toMatchObject({
    up: true,
    censusFailure: { kind: 'busy', message: expect.stringContaining('33 %') },
    censusResults: { ok: 0, skipped_swap: 3, failed: 0, refused: 0 },
  });
  expect(log.lines.filter((line) => line.includes('swapped out'))).toHaveLength(1);
  statusOf(0);
  await clock.advance(30);
  expect(taker.taken).toHaveLength(1);
  expect(monitor.latest().targets[0]).not.toHaveProperty('censusFailure');
});
