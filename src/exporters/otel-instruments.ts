import type { Attributes, BatchObservableResult, Meter, Observable } from '@opentelemetry/api';
import { type CatalogueMetric, catalogue } from '../metrics/catalogue.ts';
import type { Build, Sample } from '../metrics/definition.ts';
import type { SnapshotSource } from '../model/snapshot.ts';

export interface InstrumentOptions {
  /** Says whether a metric is wanted; all are when not given. */
  readonly includes?: (metric: CatalogueMetric) => boolean;
}

/**
 * Creates an observable instrument for each metric of the catalogue; one snapshot fills them all at each collection. The
 * targets themselves are told by the meter's resource, not by attributes: give it a source of one target. Only the API's
 * types are used, so that any SDK does. Answers what stops it.
 */
export function registerInstruments(
  meter: Meter,
  source: SnapshotSource,
  build: Build,
  { includes = () => true }: InstrumentOptions = {},
): () => void {
  const instruments = catalogue.filter(includes).map((metric) => {
    const { name, unit } = otelName(metric.name);
    const options = { description: metric.help, ...(unit !== undefined && { unit }) };
    return {
      metric,
      instrument:
        metric.kind === 'counter'
          ? meter.createObservableCounter(name, options)
          : meter.createObservableGauge(name, options),
    };
  });
  const observables = instruments.map(({ instrument }) => instrument);
  const collect = (result: BatchObservableResult) => {
    const snapshot = source.latest();
    for (const { metric, instrument } of instruments) {
      if (metric.of === 'snapshot') observe(result, instrument, metric.read(snapshot, build));
      else for (const target of snapshot.targets) observe(result, instrument, metric.read(target, snapshot));
    }
  };
  meter.addBatchObservableCallback(collect, observables);
  return () => meter.removeBatchObservableCallback(collect, observables);
}

function observe(
  result: BatchObservableResult,
  instrument: Observable,
  reading: number | undefined | readonly Sample[],
): void {
  if (typeof reading === 'number') observeValue(result, instrument, reading, {});
  if (typeof reading !== 'object') return;
  for (const { labels, value } of reading) {
    if (value === undefined) continue;
    const known = Object.entries(labels).filter(([, label]) => label !== undefined);
    observeValue(result, instrument, value, Object.fromEntries(known));
  }
}

function observeValue(result: BatchObservableResult, instrument: Observable, value: number, labels: Attributes): void {
  if (Number.isFinite(value)) result.observe(instrument, value, labels);
}

/** Units that Prometheus writes into names, and OpenTelemetry beside them (UCUM). */
const UNITS = { bytes_per_second: 'By/s', bytes: 'By', seconds: 's', ratio: '1' } as const;

/**
 * The name and unit that the specification on compatibility with Prometheus turns back into ours.
 *
 * @example otelName('heapwatch_heap_used_bytes') // { name: 'heapwatch.heap.used', unit: 'By' }
 */
export function otelName(metric: string): { readonly name: string; readonly unit?: string } {
  const base = metric.replace(/_total$/, '');
  for (const [suffix, unit] of Object.entries(UNITS)) {
    if (base.endsWith(`_${suffix}`)) return { name: dotted(base.slice(0, -suffix.length - 1)), unit };
  }
  return { name: dotted(base) };
}

function dotted(name: string): string {
  return name.replaceAll('_', '.');
}
