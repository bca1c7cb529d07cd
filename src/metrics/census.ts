import { everyRuntime, samplesByKey, targetMetric } from './definition.ts';

/** Objects per type, and how far the count can be trusted. */
export const censusMetrics = [
  targetMetric({
    name: 'heapwatch_objects',
    kind: 'gauge',
    help: 'Objects in the heap by type, from the last census; includes garbage that no collection has freed yet. Node.js: of the old generation.',
    labels: ['type'],
    runtimes: everyRuntime,
    read: ({ exportedTypes }) => exportedTypes.map(({ type, count }) => ({ labels: { type }, value: count })),
  }),
  targetMetric({
    name: 'heapwatch_object_bytes',
    kind: 'gauge',
    help: "Bytes of those objects' own allocations by type, without what they point to, from the last census. Node.js: of the old generation.",
    labels: ['type'],
    runtimes: everyRuntime,
    read: ({ exportedTypes }) => exportedTypes.map(({ type, bytes }) => ({ labels: { type }, value: bytes })),
  }),
  targetMetric({
    name: 'heapwatch_census_timestamp_seconds',
    kind: 'gauge',
    help: 'Unix time at which the last census that succeeded began.',
    labels: [],
    runtimes: everyRuntime,
    read: ({ census }) => census?.takenAtSeconds,
  }),
  targetMetric({
    name: 'heapwatch_census_duration_seconds',
    kind: 'gauge',
    help: 'How long the last census took; the process was not stopped meanwhile.',
    labels: [],
    runtimes: everyRuntime,
    read: ({ census }) => census?.durationSeconds,
  }),
  targetMetric({
    name: 'heapwatch_census_interval_seconds',
    kind: 'gauge',
    help: 'Time between two censuses of this process as the CPU budget allows it.',
    labels: [],
    runtimes: everyRuntime,
    // Without a first census there is no interval to speak of: censuses may be switched off.
    read: ({ census, censusIntervalSeconds }) => (census === undefined ? undefined : censusIntervalSeconds),
  }),
  targetMetric({
    name: 'heapwatch_census_skipped_ratio',
    kind: 'gauge',
    help: 'Share of the heap that the last census could not read or understand; 0 is best.',
    labels: [],
    runtimes: everyRuntime,
    read: ({ census }) => census?.quality.skippedRatio,
  }),
  targetMetric({
    name: 'heapwatch_census_types',
    kind: 'gauge',
    help: 'Types that the last census found, exported by name or not.',
    labels: [],
    runtimes: everyRuntime,
    read: ({ census }) => census?.types.length,
  }),
  targetMetric({
    name: 'heapwatch_census_total',
    kind: 'counter',
    since: 'exporter',
    help: 'Attempts at a census by result.',
    labels: ['result'],
    runtimes: everyRuntime,
    read: ({ censusResults }) => samplesByKey('result', censusResults),
  }),
];
