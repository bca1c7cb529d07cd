import { expect, onTestFinished, test } from 'vitest';
import type { Census } from '../../src/model/census.ts';
import { createMonitor } from '../../src/monitor/monitor.ts';
import { createFakeClock } from './fake-clock.ts';
import { censusOf, createFakeRuntime, createFakeTaker, createRecordedLog, recordProcfs } from './fake-world.ts';

/** A monitor over some targets, as its queue shows only through it. */
function queueOf(pids: readonly number[], durationSeconds: number) {
  const clock = createFakeClock();
  const procfs = recordProcfs(...pids.map((pid) => ({ pid })));
  const taker = createFakeTaker(clock);
  taker.durationSeconds = durationSeconds;
  const monitor = createMonitor({
    procfsPath: procfs.path,
    runtimes: [createFakeRuntime()],
    censusTaker: taker,
    minAgeSeconds: 0,
    maxTargets: 256,
    exportedTypes: 50,
    logger: createRecordedLog(),
    clock,
  });
  onTestFinished(() => monitor.close());
  return { clock, procfs, taker, monitor };
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
