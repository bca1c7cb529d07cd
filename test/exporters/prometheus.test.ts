import { spawnSync } from 'node:child_process';
import { type OpenMetricsContentType, Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { registerCatalogue } from '../../src/exporters/prometheus.ts';
import type { SnapshotSource } from '../../src/model/snapshot.ts';
import { emptySnapshot, sampleSnapshot, sampleTarget, sourceOf } from '../metrics/sample-snapshot.ts';

const build = { version: '1.2.3', nodeVersion: 'v20.0.0' };

function scrapeCatalogue(source: SnapshotSource): Promise<string> {
  const registry = new Registry();
  registerCatalogue(registry, source, build);
  return registry.metrics();
}

function seriesLines(page: string): string[] {
  return page.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
}

test('the exposition of a known snapshot is the golden one', async () => {
  await expect(await scrapeCatalogue(sourceOf(sampleSnapshot()))).toMatchFileSnapshot('../golden/catalogue.prom');
});

test('in OpenMetrics too', async () => {
  const registry = new Registry<OpenMetricsContentType>();
  registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
  registerCatalogue(registry, sourceOf(sampleSnapshot()), build);
  await expect(await registry.metrics()).toMatchFileSnapshot('../golden/catalogue.openmetrics');
});

test('promtool finds nothing to complain about', async (context) => {
  const page = await scrapeCatalogue(sourceOf(sampleSnapshot()));
  const promtool = spawnSync('promtool', ['check', 'metrics'], { input: page, encoding: 'utf8', timeout: 20_000 });
  if (promtool.error !== undefined && !process.env.CI) context.skip('promtool (package prometheus) is not installed');
  expect({ status: promtool.status, output: promtool.stdout + promtool.stderr }).toEqual({ status: 0, output: '' });
});

test('while discovery fails nobody knows how many targets there are, and the others are still told', async () => {
  const discoveryFailure = { kind: 'unreadable', message: 'no procfs' } as const;
  const page = await scrapeCatalogue(sourceOf({ ...sampleSnapshot(), discoveryFailure }));
  const names = seriesLines(page).map((line) => line.split(/[{ ]/, 1)[0]);
  expect(names).toContain('heapwatch_target_up');
  expect(names).not.toContain('heapwatch_targets');
  expect(names).not.toContain('heapwatch_targets_skipped');
});

test('work that was not done has no duration, but its errors count', async () => {
  const collectors = [{ collector: 'storage', errors: { unreadable: 2 } }];
  const page = await scrapeCatalogue(sourceOf({ ...sampleSnapshot(), collectors }));
  expect(seriesLines(page).filter((line) => line.startsWith('heapwatch_collector_'))).toEqual([
    'heapwatch_collector_errors_total{collector="storage",reason="unreadable"} 2',
  ]);
});

test('before the first discovery only the build is known', async () => {
  expect(seriesLines(await scrapeCatalogue(sourceOf(emptySnapshot)))).toEqual([
    'heapwatch_build_info{version="1.2.3",node_version="v20.0.0"} 1',
  ]);
});

test('a target that ended is gone at the next scrape', async () => {
  const source = sourceOf(sampleSnapshot());
  const registry = new Registry();
  registerCatalogue(registry, source, build);
  expect(seriesLines(await registry.metrics()).filter((line) => line.includes('pid="4711"')).length).toBeGreaterThan(
    40,
  );
  source.current = sampleSnapshot([]);
  expect(seriesLines(await registry.metrics()).filter((line) => line.includes('pid='))).toEqual([]);
});

test('counters show the reading, however often they are scraped', async () => {
  const registry = new Registry();
  registerCatalogue(registry, sourceOf(sampleSnapshot()), build);
  await registry.metrics();
  expect(await registry.metrics()).toContain(
    'heapwatch_process_cpu_seconds_total{service_name="worker.py",runtime="cpython",pid="4711"} 12.5\n',
  );
});

test('impossible values cost their own series, not the page', async () => {
  const good = sampleTarget();
  const process = { residentBytes: Number.NaN, cpuSeconds: -1, threads: Number.POSITIVE_INFINITY };
  const bad = sampleTarget({ vitals: { atSeconds: 1, process } }, { process: { ...good.target.process, pid: 13 } });
  const lines = seriesLines(await scrapeCatalogue(sourceOf(sampleSnapshot([bad, good]))));
  expect(lines.filter((line) => /pid="13".*(NaN|Nan|Inf|-1)/.test(line))).toEqual([]);
  expect(lines).toContain('heapwatch_target_up{service_name="worker.py",runtime="cpython",pid="13"} 1');
  expect(lines).toContain('heapwatch_process_threads{service_name="worker.py",runtime="cpython",pid="4711"} 5');
});
