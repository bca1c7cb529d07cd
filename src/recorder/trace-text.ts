import type { AssessmentSample } from '../model/assessment.ts';

/** What a recording of one process says of itself; see trace.ts for the format. */
export interface TraceDescription {
  /** For a person: which service, which process. */
  readonly id: string;
  readonly runtime: string;
  /** Tells the process from every other. */
  readonly process: string;
  /** Seconds, as far as time and budget allow. */
  readonly intervalSeconds: number;
  readonly censusIntervalSeconds: number;
  readonly censusCountsGarbage: boolean;
  /** At most so many types are listed. */
  readonly mostTypes: number;
  /** What divides every duration; 1 but for tests. */
  readonly pace: number;
}

/** The first line. `assessor` is what the verdict rests on before the first sample, as plain JSON. */
export function formatTraceHeader(description: TraceDescription, assessor: unknown): string {
  const { id, runtime, process, pace } = description;
  return JSON.stringify({
    id,
    runtime,
    interval_s: description.intervalSeconds,
    census: description.censusCountsGarbage ? 'all' : 'live',
    census_interval_s: description.censusIntervalSeconds,
    census_top_n: description.mostTypes,
    format: 1,
    process,
    ...(pace !== 1 && { pace }),
    assessor,
  });
}

/** A sample as a line. `floorBytes` is the heap's floor as it was last known, `pid` the process's. */
export function formatTraceSample(sample: AssessmentSample, pid: number, floorBytes: number | undefined): string {
  return JSON.stringify({
    t: sample.atSeconds,
    pid,
    heap_used_bytes: sample.heapUsedBytes,
    heap_live_bytes: floorBytes ?? null,
    heap_live_new: sample.heapLiveBytes !== undefined,
    heap_limit_bytes: sample.heapLimitBytes,
    rss_bytes: sample.residentBytes,
    working_set_bytes: sample.workingSetBytes,
    cgroup_limit_bytes: sample.cgroupLimitBytes ?? null,
    node_bytes: sample.nodeBytes,
    native_bytes: sample.nativeBytes,
    metaspace_bytes: sample.metaspaceBytes,
    metaspace_limit_bytes: sample.metaspaceLimitBytes,
    direct_limit_bytes: sample.directLimitBytes,
    gc: { major: sample.fullCollections, pause_s: sample.gcPauseSeconds },
    cpu_s: sample.cpuSeconds,
    fds: sample.openFds,
    threads: sample.threads,
    garbage_objects: sample.garbageObjects,
    gc_enabled: sample.gcEnabled,
    types: sample.types && Object.fromEntries(sample.types.map(({ type, count, bytes }) => [type, [count, bytes]])),
  });
}
