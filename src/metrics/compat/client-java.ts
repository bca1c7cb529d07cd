import { type CompatMetric, ofHeap, processMetrics } from './compat-metric.ts';

// What client_java 1 (prometheus-metrics-instrumentation-jvm) says of memory and collections, as far as it can be read from
// outside. Not: threads and classes; `area="nonheap"` as a whole; the pools of the heap, which each collector calls
// differently. `gc` is young, old or concurrent, not the name of a bean.

const runtime = 'jvm';
const heap = { area: 'heap' };
const metaspace = { pool: 'Metaspace' };

export const clientJava: readonly CompatMetric[] = [
  ...processMetrics(runtime),
  {
    name: 'jvm_memory_used_bytes',
    kind: 'gauge',
    help: 'Used bytes of a given JVM memory area.',
    runtime,
    read: ofHeap(({ usedBytes }) => usedBytes, heap),
  },
  {
    name: 'jvm_memory_committed_bytes',
    kind: 'gauge',
    help: 'Committed (bytes) of a given JVM memory area.',
    runtime,
    read: ofHeap(({ committedBytes }) => committedBytes, heap),
  },
  {
    name: 'jvm_memory_max_bytes',
    kind: 'gauge',
    help: 'Max (bytes) of a given JVM memory area.',
    runtime,
    read: ofHeap(({ limitBytes }) => limitBytes, heap),
  },
  {
    name: 'jvm_memory_init_bytes',
    kind: 'gauge',
    help: 'Initial bytes of a given JVM memory area.',
    runtime,
    read: ofHeap(({ initialBytes }) => initialBytes, heap),
  },
  {
    name: 'jvm_memory_pool_used_bytes',
    kind: 'gauge',
    help: 'Used bytes of a given JVM memory pool.',
    runtime,
    read: ofHeap(({ externalBytes }) => externalBytes.metaspace, metaspace),
  },
  {
    name: 'jvm_memory_pool_max_bytes',
    kind: 'gauge',
    help: 'Max bytes of a given JVM memory pool.',
    runtime,
    read: ofHeap(({ limits }) => limits?.metaspace?.limitBytes, metaspace),
  },
  {
    name: 'jvm_gc_collection_seconds',
    kind: 'summary',
    help: 'Time spent in a given JVM garbage collector in seconds.',
    runtime,
    // A summary has both or neither.
    read: ({ vitals }) =>
      (vitals?.heap?.gc ?? []).flatMap(({ gc, collections, pauseSeconds }) =>
        pauseSeconds === undefined
          ? []
          : [
              { suffix: '_count', labels: { gc }, value: collections } as const,
              { suffix: '_sum', labels: { gc }, value: pauseSeconds } as const,
            ],
      ),
  },
];
