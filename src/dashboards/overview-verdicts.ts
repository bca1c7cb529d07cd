import { metric } from './metric.ts';
import type { Section } from './panel.ts';
import { processLabels } from './process-link.ts';
import { verdictNumber, verdictStates } from './verdict-states.ts';

const labels = processLabels.join(', ');
const ill = metric('heapwatch_verdict', { verdict: /leak|backlog|overflow/ });
const ofTheIll = `and on (${labels}) max by (${labels}) (${ill}) == 1`;
/** Of hundreds of processes only those are worth a line that were ill at some time of what is shown. */
const wereIll = `and on (${labels}) max by (${labels}) (max_over_time(${ill}[$__range] @ end())) == 1`;

/** Who is ill, and who must be looked at first. */
export const verdictsSection: Section = {
  id: 30,
  title: 'Verdicts',
  panels: [
    {
      id: 31,
      kind: 'table',
      title: 'Who is ill, and the time that is left',
      description:
        'Processes with a verdict of leak, backlog or overflow, the one that meets its limit first on top. A pid leads to the process, an instance to the evidence in words on the page of heapwatch.',
      unit: 'none',
      width: 24,
      height: 9,
      columns: [...processLabels, 'verdict', 'cause'],
      sortedBy: 'time left',
      ascending: true,
      leadsToProcess: true,
      whenEmpty: 'Nobody is ill.',
      queries: [
        { name: 'is', expression: `max by (${labels}, verdict, cause) (${ill}) == 1` },
        {
          name: 'time left',
          expression: `min by (${labels}) (${metric('heapwatch_oom_eta_seconds')}) ${ofTheIll}`,
          unit: 's',
        },
        {
          name: 'growth',
          expression: `max by (${labels}) (${metric('heapwatch_growth_bytes_per_second')}) ${ofTheIll}`,
          unit: 'binBps',
        },
        {
          name: 'used share of the nearest limit',
          expression: `max by (${labels}) (${metric('heapwatch_memory_limit_used_ratio')}) ${ofTheIll}`,
          unit: 'percentunit',
        },
      ],
    },
    {
      id: 32,
      kind: 'states',
      title: 'Verdicts over time',
      description: 'Of the processes that were ill at some time of what is shown.',
      unit: 'none',
      width: 16,
      height: 9,
      states: verdictStates,
      whenEmpty: 'Nobody was ill.',
      leadsToProcess: true,
      queries: [
        {
          name: '{{service_name}} {{pid}}',
          expression: `${verdictNumber(labels, (verdict) => metric('heapwatch_verdict', { verdict }))} ${wereIll}`,
        },
      ],
    },
    {
      id: 33,
      kind: 'timeseries',
      title: 'Processes by verdict',
      description: 'How many processes have which verdict.',
      unit: 'none',
      width: 8,
      height: 9,
      stacked: true,
      queries: [{ name: '{{verdict}}', expression: `sum by (verdict) (${metric('heapwatch_verdict')})` }],
    },
  ],
};
