import { Histogram, type Registry, type RegistryContentType } from 'prom-client';
import { registerCatalogue, type TargetLabel } from '../exporters/prometheus.ts';
import type { SnapshotSource } from '../model/snapshot.ts';
import type { Target } from '../model/target.ts';
import { gcDurations } from './gc-durations.ts';
import { build, isOwnMetric, type Output } from './output.ts';

/** Labels that a service may ask for: those of a scrape tell most services already. */
export type ProcessLabel = Extract<TargetLabel, 'pid' | 'service_name'>;

/** Adds `heapwatch_*`, and nothing else, to the service's registry. Throws when they are there already. */
export function fillRegistry(
  registry: Registry<RegistryContentType>,
  source: SnapshotSource,
  { serviceName, runtime, process }: Target,
  labels: readonly ProcessLabel[],
): Output {
  if (registry.getSingleMetric(gcDurations.name) !== undefined) {
    throw new Error('this registry has the metrics of an earlier watchHeap(): use its handle, or close() it before');
  }
  const labelNames = [...labels, 'runtime'] as const;
  const removeCatalogue = registerCatalogue(registry, source, build, { labels: labelNames, includes: isOwnMetric });
  const durations = new Histogram({
    ...gcDurations,
    labelNames: [...labelNames, 'gc'],
    registers: [registry as Registry],
  });
  const values = { service_name: serviceName, runtime, pid: process.pid };
  const base = Object.fromEntries(labelNames.map((name) => [name, values[name]]));
  for (const gc of ['minor', 'major']) durations.zero({ ...base, gc });
  return {
    record: (gc, seconds) => durations.observe({ ...base, gc }, seconds),
    close() {
      removeCatalogue();
      // The service may have cleared its registry, and be watching anew.
      if (registry.getSingleMetric(gcDurations.name) === durations) registry.removeSingleMetric(gcDurations.name);
    },
  };
}
