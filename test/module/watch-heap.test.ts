import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { Counter, Gauge, type OpenMetricsContentType, Registry, register } from 'prom-client';
import { expect, onTestFinished, test } from 'vitest';
import type { HeapWatchOptions } from '../../src/module/options.ts';
import { type HeapWatch, watchHeap } from '../../src/module/watch-heap.ts';
import type { Logger } from '../../src/monitor/logger.ts';

function watch(options: HeapWatchOptions): HeapWatch {
  const handle = watchHeap({ census: false, ...options });
  onTestFinished(() => handle.close());
  return handle;
}

function seriesOf(page: string): string[] {
  return page.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
}

test("a service's registry gets heapwatch_* and nothing else, without labels that its scrape brings anyway", async () => {
  const register = new Registry();
  new Counter({ name: 'orders_total', help: 'Orders.', registers: [register] }).inc(3);
  watch({ register });
  const series = seriesOf(await register.metrics());
  expect(series.filter((line) => !line.startsWith('heapwatch_'))).toEqual(['orders_total 3']);
  expect(series.length).toBeGreaterThan(50);
  expect(series.filter((line) => /[{,](?:pid|service_name)=/.test(line))).toEqual([]);
  const names = new Set(series.map((line) => line.split(/[{ ]/, 1)[0]));
  for (const name of ['heap_used_bytes', 'heap_limit_bytes', 'gc_collections_total', 'gc_duration_seconds_count']) {
    expect(names).toContain(`heapwatch_${name}`);
  }
  expect([...names].filter((name) => /targets|oom_kills|garbage_objects|series_dropped/.test(name!))).toEqual([]);
});

test("the service's own copy of prom-client is used, and no global of either copy", async () => {
  const ours = register.getMetricsAsArray().length;
  const load = createRequire(import.meta.url);
  for (const path of Object.keys(load.cache)) if (path.includes('/prom-client/')) delete load.cache[path];
  const copy: typeof import('prom-client') = load('prom-client');
  expect(copy.Registry).not.toBe(Registry);
  const theirs = new copy.Registry();
  watch({ register: theirs });
  expect(await theirs.metrics()).toMatch(/^heapwatch_gc_duration_seconds_count\{runtime="nodejs",gc="minor"\} \d+$/m);
  expect(copy.register.getMetricsAsArray()).toEqual([]);
  expect(register.getMetricsAsArray()).toHaveLength(ours);
});

test('labels of the process are there when asked for', async () => {
  const register = new Registry();
  watch({ register, labels: ['pid', 'service_name'] });
  const page = await register.metrics();
  expect(page).toMatch(
    new RegExp(`^heapwatch_heap_used_bytes\\{pid="${process.pid}",service_name="[^"]+",runtime`, 'm'),
  );
  expect(page).toMatch(new RegExp(`^heapwatch_gc_duration_seconds_count\\{pid="${process.pid}",`, 'm'));
});

test('promtool finds nothing to complain about', async (context) => {
  const register = new Registry();
  watch({ register });
  const input = await register.metrics();
  const promtool = spawnSync('promtool', ['check', 'metrics'], { input, encoding: 'utf8', timeout: 20_000 });
  if (promtool.error !== undefined && !process.env.CI) context.skip('promtool (package prometheus) is not installed');
  expect({ status: promtool.status, output: promtool.stdout + promtool.stderr }).toEqual({ status: 0, output: '' });
});

test('in OpenMetrics no two families share a name, and none is the beginning of another kind of series', async () => {
  const register = new Registry<OpenMetricsContentType>();
  register.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
  watch({ register });
  await register.metrics();
  const page = await register.metrics();
  const families = [...page.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name, kind]) => ({ name, kind }));
  expect(new Set(families.map(({ name }) => name)).size).toBe(families.length);
  expect(families).toContainEqual({ name: 'heapwatch_gc_pause_seconds', kind: 'counter' });
  expect(families).toContainEqual({ name: 'heapwatch_gc_duration_seconds', kind: 'histogram' });
});

test('a registry is watched once at a time: the second time says so, and closing makes room again', async () => {
  const register = new Registry();
  new Gauge({ name: 'queue_length', help: 'Jobs.', registers: [register] });
  const first = watch({ register });
  expect(() => watch({ register })).toThrow('earlier watchHeap()');
  await first.close();
  await first.close();
  expect(register.getMetricsAsArray().map(({ name }) => name)).toEqual(['queue_length']);
  watch({ register });
});

test('also after a page in OpenMetrics, for which prom-client renames counters, closing leaves nothing', async () => {
  const register = new Registry<OpenMetricsContentType>();
  register.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
  const handle = watch({ register });
  await register.metrics();
  await handle.close();
  expect(register.getMetricsAsArray()).toEqual([]);
});

test('closing a watch whose registry was cleared leaves that of a later watch alone', async () => {
  const register = new Registry();
  const first = watch({ register });
  register.clear();
  watch({ register });
  const { length } = register.getMetricsAsArray();
  await first.close();
  expect(register.getMetricsAsArray()).toHaveLength(length);
});

test("a name that the service's own metric has is said, and nothing is left behind", () => {
  const register = new Registry();
  new Gauge({ name: 'heapwatch_objects', help: 'Ours.', registers: [register] });
  expect(() => watch({ register })).toThrow('heapwatch_objects');
  expect(register.getMetricsAsArray()).toHaveLength(1);
});

test('a snapshot is there at once, and not older than a second later', () => {
  const handle = watch({});
  const { up, vitals, target } = handle.snapshot();
  expect({ up, runtime: target.runtime, pid: target.process.pid }).toEqual({
    up: true,
    runtime: 'nodejs',
    pid: process.pid,
  });
  expect(vitals!.heap!.usedBytes).toBeGreaterThan(1e6);
  expect(vitals!.heap!.limitBytes).toBeGreaterThan(vitals!.heap!.usedBytes!);
  expect(vitals!.process.residentBytes).toBeGreaterThan(vitals!.heap!.usedBytes!);
  expect(Math.abs(vitals!.atSeconds - Date.now() / 1000)).toBeLessThan(1.5);
});

test.each([
  [{ census: { types: 0 } }, 'census.types'],
  [{ census: { types: 1.5 } }, 'census.types'],
  [{ census: { types: 1001 } }, 'census.types'],
  [{ census: { cpuBudget: 0 } }, 'census.cpuBudget'],
  [{ census: { cpuBudget: Number.NaN } }, 'census.cpuBudget'],
  [{ census: { cpuBudget: 1.1 } }, 'census.cpuBudget'],
  [{ labels: ['runtime' as 'pid'] }, 'labels'],
  [{ log: { info: () => undefined } as unknown as Logger }, 'log has no function warn'],
] as const)('%j is refused by name', (options, name) => {
  const register = new Registry();
  expect(() => watch({ ...options, register })).toThrow(name);
  expect(register.getMetricsAsArray()).toEqual([]);
});
