import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import {
  SERIES_OF_EXPORTER,
  SERIES_PER_SERVICE,
  SERIES_PER_TARGET,
  SERIES_PER_TYPE,
  seriesOfVerdict,
} from '../../src/analysis/types/series-bound.ts';
import { createExposition } from '../../src/exporters/exposition.ts';
import type { SnapshotSource } from '../../src/model/snapshot.ts';
import { hostileTarget } from '../metrics/hostile-target.ts';
import { emptySnapshot, sampleSnapshot, sampleTarget, sourceOf } from '../metrics/sample-snapshot.ts';

const build = { version: '1.2.3', nodeVersion: 'v20.0.0' };
const openMetrics = 'application/openmetrics-text;version=1.0.0';

async function pageOf(source: SnapshotSource, accept?: string): Promise<string> {
  return (await createExposition(source, build).page(accept)).body;
}

function seriesOf(page: string): string[] {
  return page.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
}

test('our own process is on the page, without the collections that prom-client miscounts', async () => {
  const page = await pageOf(sourceOf(emptySnapshot));
  expect(page).toMatch(/^process_resident_memory_bytes \d+$/m);
  expect(page).toMatch(/^nodejs_eventloop_lag_seconds /m);
  expect(page).not.toContain('nodejs_gc_duration_seconds');
});

test('each format has its content type, and both have the same series, scrape after scrape', async () => {
  const source = sourceOf(sampleSnapshot());
  const exposition = createExposition(source, build);
  for (const round of ['first', 'second', 'third']) {
    const text = await exposition.page('text/plain');
    const open = await exposition.page(openMetrics);
    expect(text.contentType).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(open.contentType).toBe('application/openmetrics-text; version=1.0.0; charset=utf-8');
    const ours = (page: string) => seriesOf(page).filter((line) => line.startsWith('heapwatch_'));
    expect(ours(text.body).length, round).toBeGreaterThan(60);
    expect(ours(open.body)).toEqual(ours(text.body));
  }
});

test('OpenMetrics names the family of a counter without _total, has no empty line and ends with EOF', async () => {
  const page = await pageOf(sourceOf(sampleSnapshot()), openMetrics);
  expect(page).toContain('# TYPE heapwatch_gc_collections counter\n');
  expect(page).toContain('\nheapwatch_gc_collections_total{');
  expect(page).not.toMatch(/_total_total|\n\n/);
  expect(page.endsWith('\n# EOF\n')).toBe(true);
});

test('a target that was replaced by another takes its labels with it', async () => {
  const source = sourceOf(sampleSnapshot());
  const exposition = createExposition(source, build);
  await exposition.page(undefined);
  source.current = sampleSnapshot([sampleTarget({}, { serviceName: 'other', version: '3.12.1' })]);
  const { body } = await exposition.page(undefined);
  expect(body).not.toContain('worker.py",runtime="cpython",pid');
  expect(body).toContain('heapwatch_objects{service_name="other",runtime="cpython",pid="4711",type="tuple"} 400000\n');
});

test('types that change their places change their counts, not their names', async () => {
  const first = sampleTarget();
  const source = sourceOf(sampleSnapshot([first]));
  const exposition = createExposition(source, build);
  await exposition.page(undefined);
  const [tuple, str, ...rest] = first.exportedTypes;
  source.current = sampleSnapshot([{ ...first, exportedTypes: [{ ...str!, count: 7 }, tuple!, ...rest] }]);
  const { body } = await exposition.page(undefined);
  const base = 'heapwatch_objects{service_name="worker.py",runtime="cpython",pid="4711"';
  expect(body).toContain(`${base},type="str"} 7\n${base},type="tuple"} 400000\n`);
});

test.each(['text/plain', openMetrics])('hostile names stay inside their quotes in %s', async (accept) => {
  const page = await pageOf(sourceOf(sampleSnapshot([hostileTarget()])), accept);
  for (const line of page.split('\n')) {
    expect(line).toMatch(/^$|^# (HELP|TYPE|EOF)|^[a-z][a-z0-9_]*(\{([a-z_]+="([^"\\]|\\[\\"n])*",?)*\})? \S+$/);
  }
  expect(page).not.toMatch(/^injected/m);
});

test('promtool reads hostile names', async (context) => {
  const page = await pageOf(sourceOf(sampleSnapshot([hostileTarget()])));
  const input = page.slice(0, page.indexOf('# HELP process_'));
  const promtool = spawnSync('promtool', ['check', 'metrics'], { input, encoding: 'utf8', timeout: 20_000 });
  if (promtool.error !== undefined && !process.env.CI) context.skip('promtool (package prometheus) is not installed');
  expect({ status: promtool.status, output: promtool.stdout + promtool.stderr }).toEqual({ status: 0, output: '' });
});

test('the bound of all series counts on no fewer than there are', async () => {
  const types = sampleTarget().exportedTypes.length;
  const count = async (targets: number) => {
    const crowd = Array.from({ length: targets }, (_, pid) =>
      sampleTarget({}, { process: { pid, startTicks: 1, procfsPath: '/proc' } }),
    );
    return seriesOf(await pageOf(sourceOf(sampleSnapshot(crowd)))).length;
  };
  const deaths = sampleSnapshot().deaths.length;
  expect(await count(0)).toBeLessThanOrEqual(SERIES_OF_EXPORTER + deaths * SERIES_PER_SERVICE);
  const each = ((await count(11)) - (await count(1))) / 10;
  const ofVerdict = seriesOfVerdict(sampleTarget().assessment);
  expect(each).toBeLessThanOrEqual(SERIES_PER_TARGET + ofVerdict + types * SERIES_PER_TYPE);
  expect(each).toBeGreaterThan(SERIES_PER_TARGET / 2 + ofVerdict + types * SERIES_PER_TYPE);
});
