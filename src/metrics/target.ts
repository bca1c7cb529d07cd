import type { Snapshot } from '../model/snapshot.ts';
import { everyRuntime, samplesByKey, snapshotMetric, targetMetric } from './definition.ts';

/** Which processes are watched, and which are not. */
export const targetMetrics = [
  targetMetric({
    name: 'heapwatch_target_info',
    kind: 'gauge',
    help: 'Always 1: version of the runtime, name of the executable, and container of a watched process, with its pid inside; included is yes when --discovery.include asks for it.',
    labels: ['runtime_version', 'command', 'container_id', 'container_pid', 'included'],
    runtimes: everyRuntime,
    read: ({ target: { version, command, container, isIncluded } }) => [
      {
        labels: {
          runtime_version: version,
          command,
          container_id: container?.id,
          container_pid: container?.innerPid?.toString(),
          included: isIncluded && 'yes',
        },
        value: 1,
      },
    ],
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
    read: (snapshot) => (isDiscovered(snapshot) ? snapshot.targets.length : undefined),
  }),
  snapshotMetric({
    name: 'heapwatch_targets_skipped',
    kind: 'gauge',
    help: 'Processes that were seen but are not watched, by reason.',
    labels: ['reason'],
    read: (snapshot) => (isDiscovered(snapshot) ? samplesByKey('reason', snapshot.skipped) : []),
  }),
];

/** Before the first discovery, and while it fails, nobody knows how many there are. */
function isDiscovered({ takenAtSeconds, discoveryFailure }: Snapshot): boolean {
  return takenAtSeconds > 0 && discoveryFailure === undefined;
}
