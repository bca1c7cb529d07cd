import { everyRuntime, samplesByKey, targetMetric } from './definition.ts';

/** The heap that the runtime manages, as read from its own structures. */
export const heapMetrics = [
  targetMetric({
    name: 'heapwatch_heap_used_bytes',
    kind: 'gauge',
    help: "Heap in use, from the runtime's own structures. CPython: pools in use, and large objects as of the last census. Node.js: all spaces of all isolates, garbage included. JVM: all spaces, garbage included; of G1's eden the regions that are full.",
    labels: [],
    runtimes: everyRuntime,
    read: ({ vitals }) => vitals?.heap?.usedBytes,
  }),
  targetMetric({
    name: 'heapwatch_heap_committed_bytes',
    kind: 'gauge',
    help: "Memory held for the heap, from the runtime's own structures. CPython: arenas, and malloc's areas that hold objects as of the last census. Node.js: the pages of all isolates. JVM: all spaces, both survivor spaces too.",
    labels: [],
    runtimes: everyRuntime,
    read: ({ vitals }) => vitals?.heap?.committedBytes,
  }),
  targetMetric({
    name: 'heapwatch_heap_limit_bytes',
    kind: 'gauge',
    help: "Size that the runtime itself does not let its heap exceed. Node.js: that of the main thread's; each worker has its own. JVM: MaxHeapSize in effect.",
    labels: [],
    runtimes: ['nodejs', 'jvm'],
    read: ({ vitals }) => vitals?.heap?.limitBytes,
  }),
  targetMetric({
    name: 'heapwatch_heap_initial_bytes',
    kind: 'gauge',
    help: 'Size of the heap that the runtime began with: InitialHeapSize in effect.',
    labels: [],
    runtimes: ['jvm'],
    read: ({ vitals }) => vitals?.heap?.initialBytes,
  }),
  targetMetric({
    name: 'heapwatch_heap_space_used_bytes',
    kind: 'gauge',
    help: 'Heap in use by its parts. CPython: arenas, and large (objects over 512 bytes, as of the last census). Node.js: new, old, code, large and the others of V8. JVM: eden now; survivor, and mostly old, as of the last collection.',
    labels: ['space'],
    runtimes: everyRuntime,
    read: ({ vitals }) => samplesByKey('space', vitals?.heap?.spaceUsedBytes),
  }),
  targetMetric({
    name: 'heapwatch_heap_live_bytes',
    kind: 'gauge',
    help: 'The live floor: heap in use at the first reading after the last full collection; without one in 15 minutes, the lowest reading. Node.js: exact, the old generation when the last major collection ended. JVM: exact where old collections come, old and survivor spaces after the last one.',
    labels: [],
    runtimes: everyRuntime,
    read: ({ liveFloor }) => liveFloor?.bytes,
  }),
  targetMetric({
    name: 'heapwatch_heap_live_timestamp_seconds',
    kind: 'gauge',
    help: 'Unix time of the reading that heapwatch_heap_live_bytes shows. Node.js and JVM: of the end of that collection.',
    labels: [],
    runtimes: everyRuntime,
    read: ({ liveFloor }) => liveFloor?.atSeconds,
  }),
  targetMetric({
    name: 'heapwatch_external_bytes',
    kind: 'gauge',
    help: 'Memory outside the heap that the runtime accounts for, by kind. Node.js: array_buffer (Buffers too), other (external strings, what native modules announce). JVM: metaspace as of the last collection; direct buffers are not known.',
    labels: ['kind'],
    runtimes: ['nodejs', 'jvm'],
    read: ({ vitals }) => samplesByKey('kind', vitals?.heap?.externalBytes),
  }),
  targetMetric({
    name: 'heapwatch_native_bytes',
    kind: 'gauge',
    help: "Anonymous memory that the runtime's heap does not account for: RssAnon less the heap's own, as of the last census. CPython: also the buffers of large lists and dicts. Node.js: without external memory. JVM: absent.",
    labels: [],
    runtimes: everyRuntime,
    read: ({ vitals }) => {
      const anonymous = vitals?.process.anonymousBytes;
      const accounted = vitals?.heap?.accountedBytes;
      // A heap in swap is accounted for and not resident.
      return anonymous === undefined || accounted === undefined ? undefined : Math.max(0, anonymous - accounted);
    },
  }),
];
