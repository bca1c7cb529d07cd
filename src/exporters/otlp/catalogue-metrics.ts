import { type CatalogueMetric, catalogue } from '../../metrics/catalogue.ts';
import type { Build, Sample } from '../../metrics/definition.ts';
import type { Snapshot, TargetSnapshot } from '../../model/snapshot.ts';
import { otelName } from '../otel-instruments.ts';
import type { CountingSince } from './counter-account.ts';
import type { OtlpMetric, OtlpSample } from './otlp-metric.ts';

/** A target, and the snapshot that it is of. */
export interface TargetSource {
  readonly target: TargetSnapshot;
  readonly snapshot: Snapshot;
}

/** The catalogue's metrics of a target, `heapwatch.*`. We began to count at that Unix time. */
export function targetCatalogue(startedAtSeconds: number): readonly OtlpMetric<TargetSource>[] {
  return catalogue.flatMap((metric) =>
    metric.of !== 'target'
      ? []
      : [
          {
            ...described(metric),
            read: ({ target, snapshot }) => samplesOf(metric.read(target, snapshot)),
            since: ({ target }) => sinceOf(metric, target.target.startTimeSeconds, startedAtSeconds),
          },
        ],
  );
}

/** The catalogue's metrics of heapwatch itself. */
export function exporterCatalogue(build: Build, startedAtSeconds: number): readonly OtlpMetric<Snapshot>[] {
  return catalogue.flatMap((metric) =>
    metric.of !== 'snapshot'
      ? []
      : [
          {
            ...described(metric),
            read: (snapshot) => samplesOf(metric.read(snapshot, build)),
            since: () => sinceOf(metric, startedAtSeconds, startedAtSeconds),
          },
        ],
  );
}

function described({ name, kind, help }: CatalogueMetric) {
  // The rest is in the README: every export repeats it for every process.
  const [description = ''] = help.split(/(?<=\.) /, 1);
  return { ...otelName(name), description, instrument: kind };
}

function sinceOf({ since }: CatalogueMetric, processSeconds: number, startedAtSeconds: number): CountingSince {
  if (since === 'process') return processSeconds;
  return since === 'exporter' ? Math.max(processSeconds, startedAtSeconds) : undefined;
}

function samplesOf(reading: number | undefined | readonly Sample[]): OtlpSample[] {
  if (typeof reading === 'number') return [{ attributes: {}, value: reading }];
  return (reading ?? []).flatMap(({ labels, value }) => {
    if (value === undefined) return [];
    const known = Object.entries(labels).filter(([, label]) => label !== undefined);
    return [{ attributes: Object.fromEntries(known), value }];
  });
}
