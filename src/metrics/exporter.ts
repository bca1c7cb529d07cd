import { snapshotMetric } from './definition.ts';

/** The exporter itself. */
export const exporterMetrics = [
  snapshotMetric({
    name: 'heapwatch_collector_duration_seconds',
    kind: 'gauge',
    help: 'How long the last run of each part of our own work took.',
    labels: ['collector'],
    read: ({ collectors }) =>
      collectors.map(({ collector, durationSeconds }) => ({ labels: { collector }, value: durationSeconds })),
  }),
  snapshotMetric({
    name: 'heapwatch_collector_errors_total',
    kind: 'counter',
    since: 'exporter',
    help: 'Failures of each part of our own work, by reason.',
    labels: ['collector', 'reason'],
    read: ({ collectors }) =>
      collectors.flatMap(({ collector, errors }) =>
        Object.entries(errors).map(([reason, value]) => ({ labels: { collector, reason }, value })),
      ),
  }),
  snapshotMetric({
    name: 'heapwatch_evidence_total',
    kind: 'counter',
    since: 'exporter',
    help: 'Class histograms of JVMs whose end was near, where --evidence.jvm asks for them: taken, refused (too little memory was left, or it is not known how much), failed.',
    labels: ['result'],
    read: ({ evidence }) => Object.entries(evidence ?? {}).map(([result, value]) => ({ labels: { result }, value })),
  }),
  snapshotMetric({
    name: 'heapwatch_series_dropped',
    kind: 'gauge',
    help: 'Series of types that are not on this page by name, to keep within --metrics.max-series.',
    labels: [],
    read: ({ droppedSeries }) => droppedSeries,
  }),
  snapshotMetric({
    name: 'heapwatch_web_config_last_reload_successful',
    kind: 'gauge',
    help: 'Whether the web configuration is in use as its files say (1), or has changed and cannot be used (0).',
    labels: [],
    read: ({ webConfig }) => webConfig && Number(webConfig.isCurrent),
  }),
  snapshotMetric({
    name: 'heapwatch_web_config_last_reload_success_timestamp_seconds',
    kind: 'gauge',
    help: 'Unix time at which the web configuration in use was read.',
    labels: [],
    read: ({ webConfig }) => webConfig?.loadedAtSeconds,
  }),
  snapshotMetric({
    name: 'heapwatch_build_info',
    kind: 'gauge',
    help: 'Always 1: versions of heapwatch and of the Node.js that runs it.',
    labels: ['version', 'node_version'],
    read: (_snapshot, { version, nodeVersion }) => [{ labels: { version, node_version: nodeVersion }, value: 1 }],
  }),
];
