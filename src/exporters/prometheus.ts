import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { catalogue } from '../metrics/catalogue.ts';
import { type Build, type Sample, targetLabels } from '../metrics/definition.ts';
import type { Snapshot, SnapshotSource, TargetSnapshot } from '../model/snapshot.ts';

type Metric = (typeof catalogue)[number];
type Labels = Readonly<Record<string, string>>;
type Series = readonly [labels: Labels, value: number];

/** The registry behind /metrics: the whole catalogue, and our own process' `process_*` and `nodejs_*`. */
export function createExporterRegistry(source: SnapshotSource, build: Build): Registry {
  const registry = new Registry();
  registerCatalogue(registry, source, build);
  collectDefaultMetrics({ register: registry });
  // prom-client 15.1.3 reads only the first event of each batch and so loses most collections: no number is better.
  registry.removeSingleMetric('nodejs_gc_duration_seconds');
  return registry;
}

/**
 * Adds the catalogue to a registry. A metric is filled from the latest snapshot when it is scraped, so a target that has
 * ended vanishes at the next scrape. prom-client calls all `collect` functions of a scrape in one turn of the event loop:
 * the series of one page stem from one snapshot.
 */
export function registerCatalogue(registry: Registry, source: SnapshotSource, build: Build): void {
  for (const metric of catalogue) {
    const labelNames = metric.of === 'target' ? [...targetLabels, ...metric.labels] : [...metric.labels];
    const collect = () => {
      instrument.reset();
      // Without labels prom-client begins with a 0 that nobody measured.
      if (labelNames.length === 0) instrument.remove({});
      for (const [labels, value] of readSeries(metric, source.latest(), build)) {
        if (instrument instanceof Counter) instrument.inc(labels, value);
        else instrument.set(labels, value);
      }
    };
    const configuration = { name: metric.name, help: metric.help, labelNames, registers: [registry], collect };
    const instrument: Counter | Gauge =
      metric.kind === 'counter' ? new Counter(configuration) : new Gauge(configuration);
  }
}

function readSeries(metric: Metric, snapshot: Snapshot, build: Build): Series[] {
  if (metric.of === 'snapshot') return toSeries(metric, metric.read(snapshot, build), {});
  return snapshot.targets.flatMap((target) => toSeries(metric, metric.read(target, snapshot), labelsOf(target)));
}

/** One impossible value, which prom-client would answer with an exception, must not cost the whole page. */
function toSeries(metric: Metric, reading: number | undefined | readonly Sample[], base: Labels): Series[] {
  const isPossible = (value: number) => Number.isFinite(value) && (metric.kind === 'gauge' || value >= 0);
  if (reading === undefined) return [];
  if (typeof reading === 'number') return isPossible(reading) ? [[base, reading]] : [];
  return reading.flatMap(({ labels, value }): Series[] =>
    value !== undefined && isPossible(value) ? [[{ ...base, ...labels }, value]] : [],
  );
}

const knownLabels = new WeakMap<TargetSnapshot, Labels>();

/** prom-client keeps the object as it is, so that all metrics of a target can share one. */
function labelsOf(snapshot: TargetSnapshot): Labels {
  const known = knownLabels.get(snapshot);
  if (known !== undefined) return known;
  const { serviceName, runtime, process } = snapshot.target;
  const labels: Record<(typeof targetLabels)[number], string> = {
    service_name: serviceName,
    runtime,
    pid: String(process.pid),
  };
  knownLabels.set(snapshot, labels);
  return labels;
}
