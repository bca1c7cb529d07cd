import type { GcVitals } from '../../model/vitals.ts';
import { type CompatMetric, known, processMetrics } from './compat-metric.ts';

// What client_python's GCCollector, PlatformCollector and ProcessCollector say, as far as it can be read from outside. Not:
// virtual memory and the limit of descriptors.

const runtime = 'cpython';

export const clientPython: readonly CompatMetric[] = [
  ...processMetrics(runtime),
  {
    name: 'python_gc_objects_collected_total',
    kind: 'counter',
    help: 'Objects collected during gc',
    runtime,
    read: byGeneration(({ collectedObjects }) => collectedObjects),
  },
  {
    name: 'python_gc_objects_uncollectable_total',
    kind: 'counter',
    help: 'Uncollectable objects found during GC',
    runtime,
    read: byGeneration(({ uncollectableObjects }) => uncollectableObjects),
  },
  {
    name: 'python_gc_collections_total',
    kind: 'counter',
    help: 'Number of times this generation was collected',
    runtime,
    read: byGeneration(({ collections }) => collections),
  },
  {
    name: 'python_info',
    kind: 'gauge',
    help: 'Python platform information',
    runtime,
    read({ target: { version } }) {
      const [, major, minor, patchlevel] = /^(\d+)\.(\d+)\.(\w+)/.exec(version) ?? [];
      if (major === undefined || minor === undefined || patchlevel === undefined) return [];
      return [{ labels: { implementation: 'CPython', major, minor, patchlevel, version }, value: 1 }];
    },
  },
];

function byGeneration(read: (gc: GcVitals) => number | undefined): CompatMetric['read'] {
  return ({ vitals }) => (vitals?.heap?.gc ?? []).flatMap((entry) => known(read(entry), { generation: entry.gc }));
}
