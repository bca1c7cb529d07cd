import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { createCompatExposition } from '../../src/exporters/compat-exposition.ts';
import { type CompatName, compatSets } from '../../src/metrics/compat/compat-sets.ts';
import type { TargetSnapshot } from '../../src/model/snapshot.ts';
import { hostileTarget } from '../metrics/hostile-target.ts';
import { sampleJvm, sampleNode } from '../metrics/sample-runtimes.ts';
import { emptySnapshot, sampleSnapshot, sampleTarget, sourceOf } from '../metrics/sample-snapshot.ts';

const all = Object.keys(compatSets) as CompatName[];
const targets = [sampleTarget(), sampleNode(), sampleJvm()];
const openMetrics = 'application/openmetrics-text;version=1.0.0';

async function pageOf(names: readonly CompatName[], shown: readonly TargetSnapshot[] = targets, accept = 'text/plain') {
  return (await createCompatExposition(sourceOf(sampleSnapshot(shown)), names).page(accept)).body;
}

test('known processes are told by the names of the libraries as in the golden', async () => {
  await expect(await pageOf(all)).toMatchFileSnapshot('../golden/compat.prom');
});

test('in OpenMetrics counters are families without _total, and the page ends with EOF', async () => {
  const { contentType, body } = await createCompatExposition(sourceOf(sampleSnapshot(targets)), all).page(openMetrics);
  expect(contentType).toBe('application/openmetrics-text; version=1.0.0; charset=utf-8');
  expect(body).toContain('# TYPE python_gc_collections counter\npython_gc_collections_total{');
  expect(body).toContain('# TYPE jvm_gc_collection_seconds summary\njvm_gc_collection_seconds_count{');
  expect(body.endsWith('\n# EOF\n')).toBe(true);
});

test('only the libraries that are asked for are there', async () => {
  const page = await pageOf(['client_java']);
  expect(page).toContain('jvm_memory_used_bytes{service_name="shop.jar",runtime="jvm",pid="4712",area="heap"}');
  expect(page).not.toMatch(/nodejs_|python_|pid="4711"/);
});

test('a family of several libraries stands once', async () => {
  const page = await pageOf(all);
  expect(page.match(/^# TYPE process_resident_memory_bytes /gm)).toHaveLength(1);
  expect(page.match(/^process_resident_memory_bytes\{/gm)).toHaveLength(3);
});

test('what is not known, or impossible, has no series, and without one there is no family', async () => {
  const process = { residentBytes: Number.NaN, cpuSeconds: -1 };
  const page = await pageOf(all, [sampleTarget({ vitals: { atSeconds: 1, process } }, { version: 'odd' })]);
  expect(page.split('\n').filter((line) => line.startsWith('# TYPE'))).toEqual([
    '# TYPE process_start_time_seconds gauge',
  ]);
  expect(await createCompatExposition(sourceOf(emptySnapshot), all).page(undefined)).toMatchObject({ body: '' });
});

test('hostile names stay inside their quotes', async () => {
  for (const line of (await pageOf(all, [hostileTarget()])).split('\n')) {
    expect(line).toMatch(/^$|^# (HELP|TYPE) |^[a-z][a-z0-9_]*\{([a-z_]+="([^"\\]|\\[\\"n])*",?)*\} \S+$/);
  }
});

test('promtool finds nothing to complain about', async (context) => {
  const input = await pageOf(all);
  const promtool = spawnSync('promtool', ['check', 'metrics'], { input, encoding: 'utf8', timeout: 20_000 });
  if (promtool.error !== undefined && !process.env.CI) context.skip('promtool (package prometheus) is not installed');
  expect({ status: promtool.status, output: promtool.stdout + promtool.stderr }).toEqual({ status: 0, output: '' });
});
