import type { OtlpMetric } from './otlp-metric.ts';

/** What heapwatch itself costs, under the names of the semantic conventions. */
export const ownMetrics: readonly OtlpMetric<unknown>[] = [
  {
    name: 'process.memory.usage',
    unit: 'By',
    description: 'The amount of physical memory in use.',
    instrument: 'updowncounter',
    read: () => [{ attributes: {}, value: process.memoryUsage.rss() }],
  },
  {
    name: 'process.cpu.time',
    unit: 's',
    description: 'Total CPU seconds.',
    instrument: 'counter',
    read: () => {
      const { user, system } = process.cpuUsage();
      return [{ attributes: {}, value: (user + system) / 1e6 }];
    },
    since: () => performance.timeOrigin / 1000,
  },
];
