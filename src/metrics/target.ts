import { everyRuntime, samplesByKey, snapshotMetric, targetMetric } from './definition.ts';

/** Which processes are watched, and which are not. */
export const targetMetrics = [
  targetMetric({
    name: 'heapwatch_target_info',
    kind: 'gauge',
    help: 'Always 1: version of the runtime and name of the executable of a watched process.',
    labels: ['runtime_version', 'command'],
    runtimes: everyRuntime,
    read: ({ target }) => [{ labels: { runtime_version: target.version, command: target.command }, value: 1 }],
  }),
  targetMetric({
    name: 'heapwatch_target_up',
    kind: 'gauge',
    help: 'Whether the last reading of the process and its heap succeeded (1) or not (0).',
    labels: [],
    runtimes: everyRuntime,
    read: ({ up }) => (up ? 1 : 0),
  }),
  snapshotMetric({
    name: 'heapwatch_targets',
    kind: 'gauge',
    help: 'Processes that are watched.',
    labels: [],
    // Before the first discovery nobody knows how many there are.
    read: ({ takenAtSeconds, targets }) => (takenAtSeconds === 0 ? undefined : targets.length),
  }),
  snapshotMetric({
    name: 'heapwatch_targets_skipped',
    kind: 'gauge',
    help: 'Processes that were seen but are not watched, by reason.',
    labels: ['reason'],
    read: ({ takenAtSeconds, skipped }) => (takenAtSeconds === 0 ? [] : samplesByKey('reason', skipped)),
  }),
];
