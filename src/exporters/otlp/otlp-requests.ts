import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ResourceMetrics } from '@opentelemetry/sdk-metrics';
import type { Build } from '../../metrics/definition.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import { exporterCatalogue, targetCatalogue } from './catalogue-metrics.ts';
import { conventionMetrics } from './convention-metrics.ts';
import { type CounterExport, createCounterAccount } from './counter-account.ts';
import { encodeResourceMetrics } from './otlp-client.ts';
import { metricData, type OtlpMetric } from './otlp-metric.ts';
import { ownMetrics } from './own-metrics.ts';
import { createTargetResources, ownResource, type SharesHostName } from './target-resource.ts';

export interface OtlpRequestsOptions {
  readonly build: Build;
  readonly isDelta: boolean;
  readonly sharesHostName: SharesHostName;
  /** Unix time at which we began. */
  readonly startedAtSeconds: number;
}

/** One request's worth: some resources, encoded. */
export interface OtlpRequest {
  readonly parts: readonly Uint8Array[];
  /** To be called when the receiver has it. */
  commit(): void;
}

/** Makes requests out of snapshots. */
export interface OtlpRequests {
  /** heapwatch's own first, then the targets'. One at a time: the next is made when it is asked for. */
  of(snapshot: Snapshot, nowSeconds: number): AsyncGenerator<OtlpRequest>;
}

/** Receivers accept a few megabytes (the Collector 20). */
const REQUEST_BYTES = 1024 * 1024;

/** Longer than this the event loop shall not wait for us. */
const SLICE_MS = 10;

export function createOtlpRequests(options: OtlpRequestsOptions): OtlpRequests {
  const { build, isDelta, startedAtSeconds } = options;
  const scope = { name: 'heapwatch', version: build.version };
  const resourceOf = createTargetResources(options.sharesHostName);
  const own = { resource: ownResource(build), metrics: [...exporterCatalogue(build, startedAtSeconds), ...ownMetrics] };
  const targetMetrics = [...targetCatalogue(startedAtSeconds), ...conventionMetrics];
  const accounts = new WeakMap<object, ReturnType<typeof createCounterAccount>>();

  function countersOf(owner: object, nowSeconds: number): CounterExport {
    const account = accounts.get(owner) ?? createCounterAccount(isDelta, startedAtSeconds);
    accounts.set(owner, account);
    return account.export(nowSeconds);
  }

  function* resources(snapshot: Snapshot, nowSeconds: number): Generator<Part> {
    const part = <Source>(
      owner: object,
      resource: ResourceMetrics['resource'],
      metrics: Metrics<Source>,
      source: Source,
    ) => {
      const counters = countersOf(owner, nowSeconds);
      const moment = { nowSeconds, counters, isDelta };
      const data = metrics.flatMap((metric) => metricData(metric, source, moment) ?? []);
      return { bytes: encodeResourceMetrics({ resource, scopeMetrics: [{ scope, metrics: data }] }), counters };
    };
    yield part(own, own.resource, own.metrics, snapshot);
    for (const target of snapshot.targets) {
      yield part(target.target, resourceOf(target.target), targetMetrics, { target, snapshot });
    }
  }

  return {
    async *of(snapshot, nowSeconds) {
      let batch: Part[] = [];
      let size = 0;
      let sliceEndsAt = performance.now() + SLICE_MS;
      for (const part of resources(snapshot, nowSeconds)) {
        if (size > 0 && size + part.bytes.length > REQUEST_BYTES) {
          yield requestOf(batch);
          batch = [];
          size = 0;
        }
        batch.push(part);
        size += part.bytes.length;
        if (performance.now() > sliceEndsAt) {
          await nextTurn();
          sliceEndsAt = performance.now() + SLICE_MS;
        }
      }
      yield requestOf(batch);
    },
  };
}

type Metrics<Source> = readonly OtlpMetric<Source>[];

interface Part {
  readonly bytes: Uint8Array;
  readonly counters: CounterExport;
}

function requestOf(parts: readonly Part[]): OtlpRequest {
  return {
    parts: parts.map(({ bytes }) => bytes),
    commit() {
      for (const { counters } of parts) counters.commit();
    },
  };
}
