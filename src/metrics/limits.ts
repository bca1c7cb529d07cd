import type { Ending } from '../model/incident.ts';
import type { Snapshot, TargetSnapshot } from '../model/snapshot.ts';
import { everyRuntime, type Sample, samplesByKey, snapshotMetric, targetMetric } from './definition.ts';

const ENDINGS: readonly Ending[] = ['oom_killed', 'heap_limit', 'crashed', 'ended'];

/** The ceilings that end a process, and the deaths. */
export const limitMetrics = [
  targetMetric({
    name: 'heapwatch_memory_limit_bytes',
    kind: 'gauge',
    help: "Ceilings of memory that can end the process: the runtime's heap limit, its cgroup's, a JVM's for metaspace and direct buffers, MemTotal of the node.",
    labels: ['limit'],
    runtimes: everyRuntime,
    read: (target, snapshot) => samplesByLimit(target, snapshot, ({ bytes }) => bytes),
  }),
  targetMetric({
    name: 'heapwatch_memory_limit_used_ratio',
    kind: 'gauge',
    help: 'Used share of each limit. heap: live floor / limit (Node.js with workers: of the isolate nearest to its own); cgroup: working set / limit; metaspace: committed as of the last collection / limit; direct: not known; node: 1 - MemAvailable / MemTotal.',
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
    name: 'heapwatch_cgroup_memory_anonymous_bytes',
    kind: 'gauge',
    help: 'Memory of the cgroup that is no file and so no page cache: anon (v2) or total_rss (v1) of memory.stat.',
    labels: [],
    runtimes: everyRuntime,
    read: ({ vitals }) => vitals?.cgroup?.anonymousBytes,
  }),
  targetMetric({
    name: 'heapwatch_cgroup_memory_limit_bytes',
    kind: 'gauge',
    help: 'Memory limit of the cgroup that holds the process: memory.max or memory.limit_in_bytes.',
    labels: [],
    runtimes: everyRuntime,
    read: ({ vitals }) => vitals?.cgroup?.limitBytes,
  }),
  targetMetric({
    name: 'heapwatch_cgroup_memory_pressure_seconds_total',
    kind: 'counter',
    help: 'Time in which some or all (full) tasks of the cgroup waited for memory: total of memory.pressure, cgroup v2 only.',
    labels: ['kind'],
    runtimes: everyRuntime,
    read: ({ vitals }) => samplesByKey('kind', vitals?.cgroup?.pressureSeconds),
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
  snapshotMetric({
    name: 'heapwatch_incidents_total',
    kind: 'counter',
    help: 'Processes of a service that died of memory, or had a verdict of leak, backlog or overflow when they ended, by ending: oom_killed, heap_limit, crashed, ended (why is not known). docs/incidents.md says how it is told.',
    labels: ['service_name', 'runtime', 'ending'],
    read: ({ deaths }) =>
      deaths.flatMap(({ serviceName, runtime, incidents }) =>
        ENDINGS.map((ending) => ({
          labels: { service_name: serviceName, runtime, ending },
          value: incidents?.[ending] ?? 0,
        })),
      ),
  }),
  snapshotMetric({
    name: 'heapwatch_out_of_memory_errors_total',
    kind: 'counter',
    help: 'Memory errors in the processes of a service by kind. JVM: OutOfMemoryErrors (java_heap, metaspace, class_metaspace), caught ones included; not told where libjvm is stripped and in JDK 8. With --log.watch also those that the log tells of: v8_heap, python, native, system, and java where the JVM does not count them itself.',
    labels: ['service_name', 'runtime', 'kind'],
    read: ({ deaths }) =>
      deaths.flatMap(({ serviceName, runtime, outOfMemoryErrors = {} }) =>
        Object.entries(outOfMemoryErrors).map(([kind, value]) => ({
          labels: { service_name: serviceName, runtime, kind },
          value,
        })),
      ),
  }),
];

/** A ceiling that ends the process, and how much of it is used where that is known. */
export interface MemoryLimit {
  /** The value of the `limit` label. */
  readonly limit: 'heap' | 'metaspace' | 'direct' | 'cgroup' | 'node';
  readonly bytes: number;
  readonly used: number | undefined;
}

/** The limits of a target that are known. */
export function memoryLimits(target: TargetSnapshot, { node }: Snapshot): MemoryLimit[] {
  const heap = heapLimit(target);
  // Of the cgroup and those around it, the one whose limit is met first: a pod's limit kills too.
  const cgroup = target.vitals?.cgroup?.bindingAncestor ?? target.vitals?.cgroup;
  return [
    ...(heap ? [heap] : []),
    ...outsideLimits(target),
    ...(cgroup?.limitBytes
      ? [{ limit: 'cgroup', bytes: cgroup.limitBytes, used: cgroup.workingSetBytes } as const]
      : []),
    ...(node?.memoryBytes
      ? [{ limit: 'node', bytes: node.memoryBytes, used: node.memoryBytes - node.availableBytes } as const]
      : []),
  ];
}

/** What a JVM does not let itself exceed outside of its heap. */
function outsideLimits({ vitals }: TargetSnapshot): MemoryLimit[] {
  return (['metaspace', 'direct'] as const).flatMap((limit) => {
    const known = vitals?.heap?.limits?.[limit];
    return known ? [{ limit, bytes: known.limitBytes, used: known.usedBytes }] : [];
  });
}

function heapLimit({ vitals, liveFloor }: TargetSnapshot): MemoryLimit | undefined {
  const { limitBytes, bindingHeap } = vitals?.heap ?? {};
  // Of several heaps the one whose limit is met first; the live floor is that of all of them.
  if (bindingHeap) return { limit: 'heap', bytes: bindingHeap.limitBytes, used: bindingHeap.liveBytes };
  return limitBytes ? { limit: 'heap', bytes: limitBytes, used: liveFloor?.bytes } : undefined;
}

function samplesByLimit(
  target: TargetSnapshot,
  snapshot: Snapshot,
  value: (limit: MemoryLimit) => number | undefined,
): Sample<'limit'>[] {
  return memoryLimits(target, snapshot).map((known) => ({ labels: { limit: known.limit }, value: value(known) }));
}
