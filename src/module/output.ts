import { version } from '../config/version.ts';
import type { CatalogueMetric } from '../exporters/prometheus.ts';
import type { GcRecorder } from './gc-durations.ts';

/** Where the numbers go: a registry or a meter. */
export interface Output {
  readonly record: GcRecorder;
  /** Takes back all that was added. */
  close(): void;
}

export const build = { version, nodeVersion: process.version };

/** What makes sense only where many processes are watched, and from outside. */
const ONLY_OUTSIDE: ReadonlySet<CatalogueMetric['name']> = new Set([
  'heapwatch_targets',
  'heapwatch_targets_skipped',
  'heapwatch_series_dropped',
  'heapwatch_oom_kills_total',
]);

/** Whether a Node.js process can tell it of itself. */
export function isOwnMetric(metric: CatalogueMetric): boolean {
  if (metric.of === 'target') return metric.runtimes.includes('nodejs');
  return !ONLY_OUTSIDE.has(metric.name);
}
