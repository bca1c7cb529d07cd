import { ofProcess } from './chosen-process.ts';
import type { Section } from './panel.ts';

/** How much there is, against what limits, and how the collector works on it. */
export const memorySection: Section = {
  id: 1,
  title: 'Memory',
  panels: [
    {
      id: 2,
      kind: 'timeseries',
      title: 'Memory against its limits',
      description:
        "What the kernel counts and what the runtime uses, below the limits that end the process. The node's memory is left out, as it would flatten the rest. The working set is that of the whole cgroup, without page cache that can be dropped at once.",
      unit: 'bytes',
      width: 12,
      height: 9,
      queries: [
        {
          name: 'limit: {{limit}}',
          expression: ofProcess('heapwatch_memory_limit_bytes', { limit: /heap|cgroup|metaspace|direct/ }),
        },
        { name: 'working set of the cgroup', expression: ofProcess('heapwatch_cgroup_memory_working_set_bytes') },
        { name: 'resident', expression: ofProcess('heapwatch_process_resident_memory_bytes') },
        { name: 'anonymous', expression: ofProcess('heapwatch_process_anonymous_memory_bytes') },
        { name: 'swapped', expression: ofProcess('heapwatch_process_swapped_memory_bytes') },
        { name: 'heap committed', expression: ofProcess('heapwatch_heap_committed_bytes') },
      ],
    },
    {
      id: 3,
      kind: 'timeseries',
      title: 'Live floor',
      description:
        'Heap in use right after the last full collection, and heap in use. A floor that rises for hours is a leak or a backlog; use that rises and falls above a steady floor is garbage.',
      unit: 'bytes',
      width: 12,
      height: 9,
      queries: [
        { name: 'live floor', expression: ofProcess('heapwatch_heap_live_bytes') },
        { name: 'in use', expression: ofProcess('heapwatch_heap_used_bytes') },
      ],
    },
    {
      id: 4,
      kind: 'timeseries',
      title: 'Used share of each limit',
      description:
        'heap: live floor; cgroup: working set; node: memory that is not available. The first to reach 100 % ends the process.',
      unit: 'percentunit',
      width: 8,
      height: 8,
      queries: [{ name: '{{limit}}', expression: ofProcess('heapwatch_memory_limit_used_ratio') }],
    },
    {
      id: 5,
      kind: 'timeseries',
      title: 'Heap by its parts',
      description:
        'CPython: arenas hold objects of up to 512 bytes, large ones are as of the last census. Node.js: the spaces of V8. JVM: eden, survivor and old, where the collector has them.',
      unit: 'bytes',
      width: 8,
      height: 8,
      stacked: true,
      queries: [{ name: '{{space}}', expression: ofProcess('heapwatch_heap_space_used_bytes') }],
    },
    {
      id: 6,
      kind: 'timeseries',
      title: 'Garbage collections',
      description:
        'Collections per second by generation or kind: 2 of CPython, major of Node.js and old of a JVM collect the whole heap.',
      unit: 'cps',
      width: 8,
      height: 8,
      queries: [
        {
          name: '{{gc}}',
          expression: `rate(${ofProcess('heapwatch_gc_collections_total')}[$__rate_interval])`,
        },
      ],
    },
    {
      id: 7,
      kind: 'timeseries',
      title: 'Time in collections',
      description: 'Share of the time in pauses for garbage collections, where the runtime tells it.',
      unit: 'percentunit',
      width: 8,
      height: 8,
      queries: [
        { name: '{{gc}}', expression: `rate(${ofProcess('heapwatch_gc_pause_seconds_total')}[$__rate_interval])` },
      ],
    },
    {
      id: 8,
      kind: 'timeseries',
      title: 'Outside the heap',
      description:
        'Anonymous memory that no heap accounts for, and what the runtime itself knows of: array buffers, metaspace, direct buffers.',
      unit: 'bytes',
      width: 8,
      height: 8,
      queries: [
        { name: 'not accounted for', expression: ofProcess('heapwatch_native_bytes') },
        { name: '{{kind}}', expression: ofProcess('heapwatch_external_bytes') },
      ],
    },
    {
      id: 9,
      kind: 'timeseries',
      title: 'Waiting for memory',
      description:
        'Pressure: share of the time in which some, or all (full), tasks of the cgroup waited for memory. Only of cgroups of version 2.',
      unit: 'percentunit',
      width: 8,
      height: 8,
      queries: [
        {
          name: '{{kind}}',
          expression: `rate(${ofProcess('heapwatch_cgroup_memory_pressure_seconds_total')}[$__rate_interval])`,
        },
      ],
    },
  ],
};
