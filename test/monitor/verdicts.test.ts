import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { HeapVitals } from '../../src/model/vitals.ts';
import { createMonitor } from '../../src/monitor/monitor.ts';
import { openStateFile } from '../../src/recorder/state-file.ts';
import { recordTree } from '../linux/recorded-tree.ts';
import { createFakeClock, type FakeClock } from './fake-clock.ts';
import { censusOf, createFakeRuntime, createRecordedLog, heapOf, recordProcfs } from './fake-world.ts';

const PACE = 60;
const MB = 1e6;

/** A process that keeps one `Order` of 1000 bytes more in each tenth of a second, and collects in every second. */
function leakingMachine(heap: Partial<HeapVitals> = {}) {
  const procfs = recordProcfs({ pid: 42 });
  procfs.tree.write({
    'sys/kernel/random/boot_id': '0b7a1c1e-6a4f-4c0e-9a51-0d3f4f4a2a10\n',
    'cgroups/app/memory.max': '500000000\n',
  });
  const storagePath = join(recordTree({}).path, 'state');
  const clock = createFakeClock();
  const runtime = createFakeRuntime();
  let leaks = true;
  let orders = 1000;
  let toldAt = clock.elapsedSeconds();
  runtime.onVitals = () => {
    const now = clock.elapsedSeconds();
    if (leaks) orders += Math.round(10_000 * (now - toldAt));
    toldAt = now;
    runtime.heap = { ...heapOf(10 * MB + 1000 * orders, Math.floor(now)), limitBytes: 900 * MB, ...heap };
  };
  function stopLeaking(): void {
    leaks = false;
  }
  const run = async (path: string | undefined) => {
    const log = createRecordedLog();
    const monitor = createMonitor({
      procfsPath: procfs.path,
      runtimes: [runtime],
      censusTaker: { take: async () => ordersCensus(clock, orders), rest: () => {}, close: async () => {} },
      minAgeSeconds: 0,
      maxTargets: 256,
      exportedTypes: 50,
      ...(path !== undefined && { storagePath: path }),
      logger: log,
      clock,
      pace: PACE,
    });
    onTestFinished(() => monitor.close());
    await monitor.start();
    return { monitor, log, assessment: () => monitor.latest().targets[0]?.assessment };
  };
  return { clock, run, storagePath, stopLeaking };
}

function ordersCensus(clock: FakeClock, orders: number) {
  const { types, ...census } = censusOf(clock.nowSeconds(), 0.001);
  return { ...census, types: [{ type: 'shop.Order', count: orders, bytes: 1000 * orders }, ...types] };
}

test('a leak is told with its type, its speed and the time to the limit', async () => {
  const { clock, run } = leakingMachine();
  const { assessment } = await run(undefined);
  expect(assessment()?.verdict).toBe('warming_up');
  await clock.advance(30);
  expect(assessment()).toMatchObject({ verdict: 'leak', cause: 'objects', suspects: [{ type: 'shop.Order' }] });
  const { suspects, growth, limits, bindingLimit, oomEtaSeconds, evidence } = assessment()!;
  expect(suspects).toHaveLength(1);
  expect(suspects[0]?.objectsPerSecond).toBeGreaterThan(9000);
  expect(suspects[0]?.objectsPerSecond).toBeLessThan(11_000);
  expect(growth?.bytesPerSecond).toBeGreaterThan(9 * MB);
  expect(limits.map(({ limit }) => limit)).toEqual(['heap', 'cgroup', 'node']);
  expect(bindingLimit).toBe('heap');
  expect(oomEtaSeconds).toBeLessThan(90);
  expect(evidence.map(({ signal }) => signal)).toContain('growth_duration_seconds');
});

test('a leak while the collector is switched off is one of garbage that is not collected', async () => {
  const { clock, run } = leakingMachine({ gcEnabled: false, garbageObjects: 0 });
  const { assessment } = await run(undefined);
  await clock.advance(30);
  expect(assessment()).toMatchObject({ verdict: 'leak', cause: 'uncollectable' });
});

test('a process that keeps nothing is healthy', async () => {
  const { clock, run, stopLeaking } = leakingMachine();
  stopLeaking();
  const { assessment } = await run(undefined);
  await clock.advance(30);
  expect(assessment()).toMatchObject({ suspects: [], growingTypes: [] });
  expect(assessment()).not.toHaveProperty('growth');
});

test('a verdict survives a restart with a place for the state, and starts again without one', async () => {
  const { clock, run, storagePath } = leakingMachine();
  const first = await run(storagePath);
  await clock.advance(30);
  const before = first.assessment();
  expect(before?.verdict).toBe('leak');
  await first.monitor.close();
  await clock.advance(1);

  const second = await run(storagePath);
  const { verdict, cause, sinceSeconds, suspects } = second.assessment()!;
  expect({ verdict, cause, sinceSeconds }).toEqual({
    verdict: 'leak',
    cause: 'objects',
    sinceSeconds: before?.sinceSeconds,
  });
  expect(suspects[0]?.type).toBe('shop.Order');
  await clock.advance(5);
  expect(second.assessment()?.growth?.bytesPerSecond).toBeGreaterThan(9 * MB);
  await second.monitor.close();

  const third = await run(undefined);
  expect(third.assessment()?.verdict).not.toBe('leak');
});

test('a verdict of another version starts again, and is told', async () => {
  const { clock, run, storagePath } = leakingMachine();
  const first = await run(storagePath);
  await clock.advance(30);
  await first.monitor.close();
  const path = join(storagePath, 'verdicts.jsonl');
  const file = openStateFile(path, 'verdicts');
  const { header, lines } = file.read()!;
  await file.write(
    header,
    lines.map((line) => line.replace('"version":1', '"version":0')),
  );

  const second = await run(storagePath);
  expect(second.assessment()?.verdict).not.toBe('leak');
  expect(second.log.lines).toContainEqual(
    expect.stringMatching(/^warn loading the state failed: what a verdict rests on/),
  );
  expect(second.monitor.history({ pid: 42, startTicks: 42 })?.readings.length).toBeGreaterThan(10);
});

test('a file of verdicts that is damaged does not take the histories with it', async () => {
  const { clock, run, storagePath } = leakingMachine();
  await (await run(storagePath)).monitor.close();
  await clock.advance(1);
  const path = join(storagePath, 'verdicts.jsonl');
  writeFileSync(path, 'damaged');
  const { monitor, log } = await run(storagePath);
  expect(log.lines).toContainEqual(expect.stringMatching(/^warn loading the state failed: .*verdicts\.jsonl was not/));
  expect(readFileSync(`${path}.rejected`, 'utf8')).toBe('damaged');
  expect(monitor.history({ pid: 42, startTicks: 42 })?.readings.length).toBeGreaterThan(1);
});
