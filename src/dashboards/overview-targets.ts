import { headroom } from './headroom.ts';
import { metric } from './metric.ts';
import type { Section } from './panel.ts';
import { processLabels } from './process-link.ts';

const perTarget = `by (${processLabels.join(', ')})`;
const name = '{{service_name}} {{pid}}';
const floor = metric('heapwatch_heap_live_bytes');
const usedRatio = metric('heapwatch_memory_limit_used_ratio');

/** Every process, the one nearest to a limit first. */
export const targetsSection: Section = {
  id: 10,
  title: 'Processes',
  panels: [
    {
      id: 11,
      kind: 'table',
      title: 'Watched processes',
      description:
        "Used is the share of the nearest limit: the runtime's, the cgroup's or the node's. Growth is that of the live floor. A pid leads to the process.",
      unit: 'none',
      width: 24,
      height: 10,
      columns: processLabels,
      sortedBy: 'used',
      leadsToProcess: true,
      queries: [
        { name: 'used', expression: `max ${perTarget} (${usedRatio})`, unit: 'percentunit' },
        { name: 'left', expression: `max ${perTarget} (${headroom(0)})`, unit: 'bytes' },
        { name: 'live floor', expression: `max ${perTarget} (${floor})`, unit: 'bytes' },
        { name: 'growth per hour', expression: `max ${perTarget} (deriv(${floor}[1h]) * 3600)`, unit: 'bytes' },
        {
          name: 'resident',
          expression: `max ${perTarget} (${metric('heapwatch_process_resident_memory_bytes')})`,
          unit: 'bytes',
        },
        {
          name: 'age',
          expression: `max ${perTarget} (time() - ${metric('heapwatch_process_start_time_seconds')})`,
          unit: 's',
        },
        { name: 'readable', expression: `min ${perTarget} (${metric('heapwatch_target_up')})` },
      ],
    },
    {
      id: 12,
      kind: 'timeseries',
      title: 'Used share of the nearest limit',
      description: 'The ten processes that are nearest to a limit at each moment; 100 % ends a process.',
      unit: 'percentunit',
      width: 12,
      height: 9,
      leadsToProcess: true,
      queries: [{ name, expression: `topk(10, max ${perTarget} (${usedRatio}))` }],
    },
    {
      id: 13,
      kind: 'timeseries',
      title: 'Growth of the live floor',
      description:
        'Of the ten processes that grow most at each moment, per hour. Above 0 for hours is a leak or a backlog.',
      unit: 'bytes',
      width: 12,
      height: 9,
      leadsToProcess: true,
      queries: [{ name, expression: `topk(10, max ${perTarget} (deriv(${floor}[1h]) * 3600))` }],
    },
  ],
};
