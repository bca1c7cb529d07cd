import type { Snapshot, TargetSnapshot } from '../model/snapshot.ts';
import { everyRuntime, type Sample, snapshotMetric, targetMetric } from './definition.ts';

/** The ceilings that end a process, and the deaths. */
export const limitMetrics = [
  targetMetric({
    name: 'heapwatch_memory_limit_bytes',
    kind: 'gauge',
    help: "Ceilings of memory that can end the process: the runtime's heap limit, its cgroup's, MemTotal of the node.",
    labels: ['limit'],
    runtimes: everyRuntime,
    read: (target, snapshot) => samplesByLimit(target, snapshot, ({ bytes }) => bytes),
  }),
  targetMetric({
    name: 'heapwatch_memory_limit_used_ratio',
    kind: 'gauge',
    help: 'Used share of each limit. heap: live floor / limit; cgroup: working set / limit; node: 1 - MemAvailable / MemTotal.',
    labels: ['limit'],
    runtimes: everyRuntime,
    read: (target, snapshot) =>
      samplesByLimit(target, snapshot, ({ bytes, used }) => (used === undefined ? undefined : used / bytes)),
  }),
  targetMetric({
    name: 'heapwatch_cgroup_memory_usage_bytes',
    kind: 'gauge',
    help: 'Memory of the cgroup that holds the process, page cache included: memory.current or memory.usage_in_bytes.',
    labels: [],
    runtimes: everyRuntime,
    read: ({ vitals }) => vitals?.cgroup?.usageBytes,
  }),
  targetMetric({
    name: 'heapwatch_cgroup_memory_working_set_bytes',
    kind: 'gauge',
    help: 'The same without inactive page cache (inactive_file of memory.stat), as the kubelet counts it.',
    labels: [],
    runtimes: everyRuntime,
    read: ({ vitals }) => vitals?.cgroup?.workingSetBytes,
  }),
  targetMetric({
    name: 'heapwatch_cgroup_memory_limit_bytes',
    kind: 'gauge',
    help: 'Memory limit of the cgroup that holds the process: memory.max or memory.limit_in_bytes.',
    labels: [],
    runtimes: everyRuntime,
    read: ({ vitals }) => vitals?.cgroup?.limitBytes,
  }),
  snapshotMetric({
    name: 'heapwatch_oom_kills_total',
    kind: 'counter',
    help: "Watched processes of a service that ended while the kernel's out-of-memory killer struck in their cgroup.",
    labels: ['service_name', 'runtime'],
    read: ({ deaths }) =>
      deaths.map(({ serviceName, runtime, oomKills }) => ({
        labels: { service_name: serviceName, runtime },
        value: oomKills,
      })),
  }),
];

interface Limit {
  readonly bytes: number;
  readonly used: number | undefined;
}

function samplesByLimit(
  target: TargetSnapshot,
  snapshot: Snapshot,
  value: (limit: Limit) => number | undefined,
): Sample<'limit'>[] {
  return Object.entries(knownLimits(target, snapshot)).flatMap(([limit, known]) =>
    known?.bytes ? [{ labels: { limit }, value: value({ bytes: known.bytes, used: known.used }) }] : [],
  );
}

function knownLimits({ vitals, liveFloor }: TargetSnapshot, { node }: Snapshot) {
  // Of the cgroup and those around it, the one whose limit is met first.
  const cgroup = vitals?.cgroup?.bindingAncestor ?? vitals?.cgroup;
  return {
    heap: { bytes: vitals?.heap?.limitBytes, used: liveFloor?.bytes },
    cgroup: { bytes: cgroup?.limitBytes, used: cgroup?.workingSetBytes },
    node: node && { bytes: node.memoryBytes, used: node.memoryBytes - node.availableBytes },
  };
}
