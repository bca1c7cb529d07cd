import { Counter, Gauge, type PrometheusContentType, Registry } from 'prom-client';
import { registerCatalogue } from '../../src/exporters/prometheus.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { median } from '../bench/median.ts';
import { sampleSnapshot, sampleTarget, sourceOf } from '../metrics/sample-snapshot.ts';

const build = { version: '1.2.3', nodeVersion: 'v20.0.0' };
const rounds = 60;

const typeNames = Array.from({ length: 50 }, (_, index) => `shop.module${index}.Type${index}`);

/** Targets with 50 types; every round has other numbers, as after new censuses. */
function snapshotsOf(targets: number): (round: number) => Snapshot {
  const processes = Array.from({ length: targets }, (_, index) =>
    sampleTarget(
      {},
      { serviceName: `service-${index}`, process: { pid: 1000 + index, startTicks: 1, procfsPath: '/' } },
    ),
  );
  const types = (round: number) =>
    typeNames.map((type, index) => ({ type, count: 1000 * index + round, bytes: 9000 * index + round }));
  return (round) => sampleSnapshot(processes.map((process) => ({ ...process, exportedTypes: types(round) })));
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

/** Medians of one run, in milliseconds, for so many series. */
export async function measureScrape(
  targets: number,
): Promise<{ ours: number; alone: number; ratio: number; series: number }> {
  const snapshotOf = snapshotsOf(targets);
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
  const series = (await scrape()).split('\n').filter((line) => line !== '' && !line.startsWith('#')).length;
  const of = (figure: (pair: { ours: number; alone: number }) => number) => median(pairs.map(figure));
  return {
    ours: of((pair) => pair.ours),
    alone: of((pair) => pair.alone),
    ratio: of((pair) => pair.ours / pair.alone),
    series,
  };
}

async function timed(run: () => Promise<string>): Promise<number> {
  const began = performance.now();
  await run();
  return performance.now() - began;
}
