import { collectDefaultMetrics, Registry, type RegistryContentType } from 'prom-client';
import type { Build } from '../metrics/definition.ts';
import type { SnapshotSource } from '../model/snapshot.ts';
import { type ExpositionFormat, negotiateFormat } from './accept.ts';
import { registerCatalogue } from './prometheus.ts';

/** A page for a scraper, and the header that Prometheus 3 insists on. */
export interface ExpositionPage {
  readonly contentType: string;
  readonly body: string;
}

/** What /metrics answers. */
export interface Exposition {
  /** In the format that an Accept header asks for. */
  page(accept: string | undefined): Promise<ExpositionPage>;
}

/** The whole catalogue, and our own process' `process_*` and `nodejs_*`, in each format over the one latest snapshot. */
export function createExposition(source: SnapshotSource, build: Build): Exposition {
  // Not one registry for both: prom-client renames counters for good when it writes OpenMetrics.
  const registries: Readonly<Record<ExpositionFormat, Registry<RegistryContentType>>> = {
    text: createRegistry(Registry.PROMETHEUS_CONTENT_TYPE, source, build),
    openmetrics: createRegistry(Registry.OPENMETRICS_CONTENT_TYPE, source, build),
  };
  return {
    async page(accept) {
      const registry = registries[negotiateFormat(accept)];
      return { contentType: registry.contentType, body: await registry.metrics() };
    },
  };
}

function createRegistry(contentType: RegistryContentType, source: SnapshotSource, build: Build) {
  const registry = new Registry<RegistryContentType>();
  registry.setContentType(contentType);
  registerCatalogue(registry, source, build);
  collectDefaultMetrics({ register: registry as Registry });
  // prom-client 15.1.3 reads only the first event of each batch and so loses most collections: no number is better.
  registry.removeSingleMetric('nodejs_gc_duration_seconds');
  return registry;
}
