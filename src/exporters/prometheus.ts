import { Counter, Gauge, type Registry, type RegistryContentType } from 'prom-client';
import { type CatalogueMetric, catalogue } from '../metrics/catalogue.ts';
import { type Build, type Sample, type TargetLabel, targetLabels } from '../metrics/definition.ts';
import type { SnapshotSource } from '../model/snapshot.ts';
import { createLabelSets, type LabelSets, type Labels, plainLabels } from './label-sets.ts';

export type { CatalogueMetric, TargetLabel };

export interface CatalogueOptions {
  /** What every series of a target carries; all of them when not given. */
  readonly labels?: readonly TargetLabel[];
  /** Says whether a metric is wanted; all are when not given. */
  readonly includes?: (metric: CatalogueMetric) => boolean;
}

/**
 * Adds the catalogue to a registry. A metric is filled from the latest snapshot when it is scraped, so a target that has
 * ended vanishes at the next scrape. prom-client calls all `collect` functions of a scrape in one turn of the event loop:
 * the series of one page stem from one snapshot. Answers what takes it out again; throws when a name is taken.
 */
export function registerCatalogue(
  registry: Registry<RegistryContentType>,
  source: SnapshotSource,
  build: Build,
  { labels: baseLabels = targetLabels, includes = () => true }: CatalogueOptions = {},
): () => void {
  const metrics = catalogue.filter(includes);
  const taken = metrics.find(({ name }) => registry.getSingleMetric(name) !== undefined);
  if (taken !== undefined) throw new Error(`this registry has a metric of the name ${taken.name} already`);
  const added = metrics.map((metric) => {
    const labelNames = metric.of === 'target' ? [...baseLabels, ...metric.labels] : [...metric.labels];
    const labelSetsOf = createLabelSets(baseLabels);
    const put = (labels: Labels, value: number) => {
      // One impossible value, which prom-client would answer with an exception, must not cost the whole page.
      if (!Number.isFinite(value)) return;
      if (instrument instanceof Gauge) instrument.set(labels, value);
      else if (value >= 0) instrument.inc(labels, value);
    };
    const collect = () => {
      instrument.reset();
      // Without labels prom-client begins with a 0 that nobody measured.
      if (labelNames.length === 0) instrument.remove({});
      const snapshot = source.latest();
      if (metric.of === 'snapshot') {
        putReading(metric.read(snapshot, build), plainLabels, put);
        return;
      }
      for (const target of snapshot.targets) putReading(metric.read(target, snapshot), labelSetsOf(target.target), put);
    };
    const configuration = { name: metric.name, help: metric.help, labelNames, registers: [registry], collect };
    const instrument: Counter | Gauge =
      metric.kind === 'counter' ? new Counter(configuration) : new Gauge(configuration);
    return { name: metric.name, instrument };
  });
  return () => {
    for (const { name, instrument } of added) {
      // Whose registry it is may have cleared it, and added others of the name.
      if (registry.getSingleMetric(name) === instrument) registry.removeSingleMetric(name);
    }
  };
}

function putReading(
  reading: number | undefined | readonly Sample[],
  labelSets: LabelSets,
  put: (labels: Labels, value: number) => void,
): void {
  if (typeof reading === 'number') put(labelSets.base, reading);
  if (typeof reading !== 'object') return;
  let place = 0;
  for (const { labels, value } of reading) {
    if (value !== undefined) put(labelSets.at(place++, labels), value);
  }
}
