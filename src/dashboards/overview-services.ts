import { metric } from './metric.ts';
import { ended } from './overview-summary.ts';
import type { Section } from './panel.ts';
import { processLabels } from './process-link.ts';

const services = 'service_name, runtime';
const up = metric('heapwatch_target_up');

/** What became of the processes, and whether we see them all. */
export const servicesSection: Section = {
  id: 20,
  title: 'Restarts, kills, and what is not seen',
  panels: [
    {
      id: 21,
      kind: 'table',
      title: 'Ended processes by service',
      description:
        'Processes that have ended or were restarted in the chosen time, and those of them that the kernel killed.',
      unit: 'none',
      width: 12,
      height: 8,
      columns: ['service_name', 'runtime'],
      sortedBy: 'ended',
      queries: [
        { name: 'ended', expression: ended(services) },
        {
          name: 'OOM kills',
          expression: `sum by (${services}) (round(increase(${metric('heapwatch_oom_kills_total')}[$__range])))`,
        },
        { name: 'running', expression: `count by (${services}) (${up})` },
      ],
    },
    {
      id: 22,
      kind: 'timeseries',
      title: 'OOM kills by service',
      description: "Watched processes that the kernel's out-of-memory killer ended, in each interval of the graph.",
      unit: 'none',
      width: 12,
      height: 8,
      queries: [
        {
          name: '{{service_name}}',
          expression: `sum by (${services}) (increase(${metric('heapwatch_oom_kills_total')}[$__rate_interval]))`,
        },
      ],
    },
    {
      id: 23,
      kind: 'table',
      title: 'Cannot be read',
      description:
        "Watched processes whose last reading failed. heapwatch's log tells the reason; empty is what it should be.",
      unit: 'none',
      width: 12,
      height: 8,
      columns: processLabels,
      leadsToProcess: true,
      queries: [{ name: 'readable', expression: `min by (${processLabels.join(', ')}) (${up}) == 0` }],
    },
    {
      id: 24,
      kind: 'timeseries',
      title: 'Seen but not watched',
      description: 'Processes of a runtime that are not watched, by reason.',
      unit: 'none',
      width: 6,
      height: 8,
      queries: [{ name: '{{reason}}', expression: `sum by (reason) (${metric('heapwatch_targets_skipped')})` }],
    },
    {
      id: 25,
      kind: 'timeseries',
      title: "heapwatch's own failures",
      description:
        'Failures per second of each part of its work, by reason. Single ones are normal: processes end while they are read.',
      unit: 'cps',
      width: 6,
      height: 8,
      queries: [
        {
          name: '{{collector}}: {{reason}}',
          expression: `sum by (collector, reason) (rate(${metric('heapwatch_collector_errors_total')}[$__rate_interval]))`,
        },
      ],
    },
  ],
};
