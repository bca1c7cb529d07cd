import { everyRuntime, targetMetric } from './definition.ts';

/** What the kernel says of a watched process, whatever its runtime. */
export const processMetrics = [
  targetMetric({
    name: 'heapwatch_process_resident_memory_bytes',
    kind: 'gauge',
    help: 'Memory of the process that is in RAM: VmRSS of /proc/<pid>/status.',
    labels: [],
    runtimes: everyRuntime,
    read: ({ vitals }) => vitals?.process.residentBytes,
  }),
  targetMetric({
    name: 'heapwatch_process_anonymous_memory_bytes',
    kind: 'gauge',
    help: 'The part of it that is private and no file: RssAnon of /proc/<pid>/status.',
    labels: [],
    runtimes: everyRuntime,
    read: ({ vitals }) => vitals?.process.anonymousBytes,
  }),
  targetMetric({
    name: 'heapwatch_process_swapped_memory_bytes',
    kind: 'gauge',
    help: 'Memory of the process that is swapped out: VmSwap of /proc/<pid>/status.',
    labels: [],
    runtimes: everyRuntime,
    read: ({ vitals }) => vitals?.process.swappedBytes,
  }),
  targetMetric({
    name: 'heapwatch_process_cpu_seconds_total',
    kind: 'counter',
    since: 'process',
    help: 'CPU time of the process, user and system: utime + stime of /proc/<pid>/stat.',
    labels: [],
    runtimes: everyRuntime,
    read: ({ vitals }) => vitals?.process.cpuSeconds,
  }),
  targetMetric({
    name: 'heapwatch_process_open_fds',
    kind: 'gauge',
    help: 'Open file descriptors: entries of /proc/<pid>/fd.',
    labels: [],
    runtimes: everyRuntime,
    read: ({ vitals }) => vitals?.process.openFds,
  }),
  targetMetric({
    name: 'heapwatch_process_threads',
    kind: 'gauge',
    help: 'Threads of the process: Threads of /proc/<pid>/status.',
    labels: [],
    runtimes: everyRuntime,
    read: ({ vitals }) => vitals?.process.threads,
  }),
  targetMetric({
    name: 'heapwatch_process_start_time_seconds',
    kind: 'gauge',
    help: 'Unix time at which the process started: starttime of /proc/<pid>/stat and btime of /proc/stat.',
    labels: [],
    runtimes: everyRuntime,
    read: ({ target }) => target.startTimeSeconds,
  }),
];
