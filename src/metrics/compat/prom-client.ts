import { v8SpaceName } from '../v8-space-name.ts';
import { type CompatMetric, ofHeap, processMetrics } from './compat-metric.ts';

// The default metrics of prom-client 15 (lib/metrics), as far as they can be read from outside. Not: the event loop, handles,
// requests and resources; what a space has and has free; the duration of collections, which only the process itself sees.

const runtime = 'nodejs';

export const promClient: readonly CompatMetric[] = [
  ...processMetrics(runtime),
  {
    name: 'nodejs_heap_size_total_bytes',
    kind: 'gauge',
    help: 'Process heap size from Node.js in bytes.',
    runtime,
    read: ofHeap(({ committedBytes }) => committedBytes),
  },
  {
    name: 'nodejs_heap_size_used_bytes',
    kind: 'gauge',
    help: 'Process heap size used from Node.js in bytes.',
    runtime,
    read: ofHeap(({ usedBytes }) => usedBytes),
  },
  {
    name: 'nodejs_external_memory_bytes',
    kind: 'gauge',
    help: 'Node.js external memory size in bytes.',
    runtime,
    // process.memoryUsage().external counts the buffers too.
    read: ofHeap(({ externalBytes: { array_buffer: buffers, other } }) =>
      buffers === undefined || other === undefined ? undefined : buffers + other,
    ),
  },
  {
    name: 'nodejs_heap_space_size_used_bytes',
    kind: 'gauge',
    help: 'Process heap space size used from Node.js in bytes.',
    runtime,
    read: ({ vitals }) =>
      Object.entries(vitals?.heap?.spaceUsedBytes ?? {}).map(([space, value]) => ({
        labels: { space: v8SpaceName(space) },
        value,
      })),
  },
  {
    name: 'nodejs_version_info',
    kind: 'gauge',
    help: 'Node.js version info.',
    runtime,
    read({ target: { version } }) {
      const [, major, minor, patch] = /^(\d+)\.(\d+)\.(\d+)/.exec(version) ?? [];
      if (major === undefined || minor === undefined || patch === undefined) return [];
      return [{ labels: { version: `v${version}`, major, minor, patch }, value: 1 }];
    },
  },
];
