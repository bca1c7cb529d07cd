import { censusMetrics } from './census.ts';
import { exporterMetrics } from './exporter.ts';
import { gcMetrics } from './gc.ts';
import { heapMetrics } from './heap.ts';
import { limitMetrics } from './limits.ts';
import { processMetrics } from './process.ts';
import { targetMetrics } from './target.ts';
import { verdictMetrics } from './verdicts.ts';

/** Every metric we export, in the order of /metrics and of the README's table. */
export const catalogue = [
  ...targetMetrics,
  ...heapMetrics,
  ...processMetrics,
  ...gcMetrics,
  ...censusMetrics,
  ...limitMetrics,
  ...verdictMetrics,
  ...exporterMetrics,
];

export type CatalogueMetric = (typeof catalogue)[number];

/** The name of a metric that exists: an unknown one does not compile. */
export type MetricName = CatalogueMetric['name'];
