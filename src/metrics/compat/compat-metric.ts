import type { TargetSnapshot } from '../../model/snapshot.ts';
import type { RuntimeName } from '../../model/target.ts';
import type { HeapVitals } from '../../model/vitals.ts';

/** One series; a `suffix` tells the count of a summary from its sum. */
export interface CompatSample {
  readonly suffix?: '_count' | '_sum';
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A metric under the name that a client library gives it inside of processes of one runtime. */
export interface CompatMetric {
  /** With `_total`, as the text format writes it. */
  readonly name: string;
  readonly kind: 'gauge' | 'counter' | 'summary';
  readonly help: string;
  readonly runtime: RuntimeName;
  /** What is not known has no sample. */
  read(target: TargetSnapshot): readonly CompatSample[];
}

/** A sample without labels of its own, of what may not be known. */
export function known(value: number | undefined, labels: CompatSample['labels'] = {}): CompatSample[] {
  return value === undefined ? [] : [{ labels, value }];
}

/** Reads one number of the heap. */
export function ofHeap(
  read: (heap: HeapVitals) => number | undefined,
  labels: CompatSample['labels'] = {},
): CompatMetric['read'] {
  return ({ vitals }) => known(vitals?.heap && read(vitals.heap), labels);
}

/** What all three libraries say of any process. */
export function processMetrics(runtime: RuntimeName): CompatMetric[] {
  return [
    {
      name: 'process_cpu_seconds_total',
      kind: 'counter',
      help: 'Total user and system CPU time spent in seconds.',
      runtime,
      read: ({ vitals }) => known(vitals?.process.cpuSeconds),
    },
    {
      name: 'process_resident_memory_bytes',
      kind: 'gauge',
      help: 'Resident memory size in bytes.',
      runtime,
      read: ({ vitals }) => known(vitals?.process.residentBytes),
    },
    {
      name: 'process_open_fds',
      kind: 'gauge',
      help: 'Number of open file descriptors.',
      runtime,
      read: ({ vitals }) => known(vitals?.process.openFds),
    },
    {
      name: 'process_start_time_seconds',
      kind: 'gauge',
      help: 'Start time of the process since unix epoch in seconds.',
      runtime,
      read: ({ target }) => known(target.startTimeSeconds),
    },
  ];
}
