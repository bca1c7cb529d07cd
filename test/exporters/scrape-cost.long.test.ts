import { Counter, Gauge, type PrometheusContentType, Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { registerCatalogue } from '../../src/exporters/prometheus.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { sampleSnapshot, sampleTarget, sourceOf } from '../metrics/sample-snapshot.ts';

const build = { version: '1.2.3', nodeVersion: 'v20.0.0' };
const ratioAllowed = 1.15;
const rounds = 60;

const typeNames = Array.from({ length: 50 }, (_, index) => `shop.module${index}.Type${index}`);
const processes = Array.from({ length: 50 }, (_, index) =>
  sampleTarget({}, { serviceName: `service-${index}`, process: { pid: 1000 + index, startTicks: 1, procfsPath: '/' } }),
);

/** 50 targets with 50 types; every round has other numbers, as after new censuses. */
function snapshotOf(round: number): Snapshot {
  const types = () =>
    typeNames.map((type, index) => ({ type, count: 1000 * index + round, bytes: 9000 * index + round }));
  return sampleSnapshot(processes.map((process) => ({ ...process, exportedTypes: types() })));
}

/** prom-client alone: the same series of the same names and label sets, which it finds ready-made. */
async function createBaseline(like: Registry): Promise<() => Promise<string>> {
  const registry = new Registry<PrometheusContentType>();
  const families = (await like.getMetricsAsJSON()).map(({ name, help, type, values }) => {
    const labelNames = [...new Set(values.flatMap(({ labels }) => Object.keys(labels)))];
    const configuration = { name, help, labelNames, registers: [registry] };
    const isCounter = String(type) === 'counter';
    return { instrument: isCounter ? new Counter(configuration) : new Gauge(configuration), values };
  });
  return () => {
    for (const { instrument, values } of families) {
      instrument.reset();
      for (const { labels, value } of values) {
        if (instrument instanceof Gauge) instrument.set(labels, value);
        else instrument.inc(labels, value);
      }
    }
    return registry.metrics();
  };
}

test(`a scrape costs at most ${ratioAllowed} of what prom-client alone needs for the same series`, async () => {
  const source = sourceOf(snapshotOf(0));
  const registry = new Registry();
  registerCatalogue(registry, source, build);
  const scrape = () => registry.metrics();
  const baseline = await createBaseline(registry);
  const pairs: { ours: number; alone: number }[] = [];
  for (let round = 0; round < rounds; round++) {
    source.current = snapshotOf(round);
    // In turn: whoever comes second pays for the other's garbage.
    const [first, second] = round % 2 === 0 ? [scrape, baseline] : [baseline, scrape];
    const times = [await timed(first), await timed(second)];
    const [ours, alone] = round % 2 === 0 ? times : times.toReversed();
    if (round >= 10) pairs.push({ ours: ours!, alone: alone! });
  }
  expect((await scrape()).split('\n').length).toBeGreaterThan(5000);
  const ratio = median(pairs.map(({ ours, alone }) => ours / alone));
  const [ours, alone] = [median(pairs.map((pair) => pair.ours)), median(pairs.map((pair) => pair.alone))];
  console.log(`scrape ${ours.toFixed(1)} ms, prom-client alone ${alone.toFixed(1)} ms, ratio ${ratio.toFixed(3)}`);
  expect(ratio).toBeLessThanOrEqual(ratioAllowed);
});

async function timed(run: () => Promise<string>): Promise<number> {
  const began = performance.now();
  await run();
  return performance.now() - began;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!;
}
