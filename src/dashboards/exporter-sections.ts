import type { MetricName } from '../metrics/catalogue.ts';
import { type Matchers, metric } from './metric.ts';
import type { Panel, Section, Unit } from './panel.ts';

/** Selects series of the heapwatch that is chosen at the top. */
function ours<Name extends MetricName>(name: Name, matchers?: Matchers<Name>): string {
  return metric(name, { instance: '$instance', ...matchers } as Matchers<Name>);
}

/** What prom-client, or Prometheus, says of the exporter and of others at the same address: hence `ofUs`. */
function own(name: string): string {
  return `${name}{instance="$instance"}`;
}

const ofUs = `and on (job, instance) ${ours('heapwatch_build_info')}`;

export const exporterSections: readonly Section[] = [
  {
    id: 1,
    title: 'What it sees',
    panels: [
      {
        id: 2,
        kind: 'table',
        title: 'Version',
        description: 'Version of heapwatch, and of the Node.js that runs it.',
        unit: 'none',
        width: 12,
        height: 5,
        columns: ['version', 'node_version'],
        queries: [{ name: 'runs', expression: `max by (version, node_version) (${ours('heapwatch_build_info')})` }],
      },
      fact(3, 'Watched processes', 'Processes that are watched.', ours('heapwatch_targets')),
      fact(
        4,
        'Cannot be read',
        'Those whose last reading failed.',
        `count(${ours('heapwatch_target_up')} == 0) or vector(0)`,
      ),
      fact(
        5,
        'Series left out',
        'Series of types that are left out to keep within --metrics.max-series.',
        ours('heapwatch_series_dropped'),
      ),
      series(6, 'Seen but not watched', 'Processes of a runtime that are not watched, by reason.', 'none', [
        ['{{reason}}', ours('heapwatch_targets_skipped')],
      ]),
      series(7, 'Failures', 'Failures per second of each part of its work, by reason; single ones are normal.', 'cps', [
        ['{{collector}}: {{reason}}', rate(ours('heapwatch_collector_errors_total'), 'collector, reason')],
      ]),
      series(
        8,
        'Censuses by result',
        'Attempts per second, of all processes. Those that the budget leaves out are put off.',
        'cps',
        [['{{result}}', rate(ours('heapwatch_census_total'), 'result')]],
      ),
    ],
  },
  {
    id: 10,
    title: 'What it costs',
    panels: [
      series(
        11,
        'Processor',
        'Cores that heapwatch uses: 5 % for censuses and 3 % for readings as it is set, and scrapes.',
        'percentunit',
        [['all', `rate(${own('process_cpu_seconds_total')}[$__rate_interval]) ${ofUs}`]],
      ),
      series(12, 'Memory', 'Its own resident memory and heap.', 'bytes', [
        ['resident', `${own('process_resident_memory_bytes')} ${ofUs}`],
        ['heap used', `${own('nodejs_heap_size_used_bytes')} ${ofUs}`],
      ]),
      series(
        13,
        'Delay of its event loop',
        'How late timers are, the worst of a hundred: readings and scrapes wait as long.',
        's',
        [['99 of 100', `${own('nodejs_eventloop_lag_p99_seconds')} ${ofUs}`]],
      ),
      series(14, 'Duration of its work', 'How long the last run of each part took.', 's', [
        ['{{collector}}', `max by (collector) (${ours('heapwatch_collector_duration_seconds')})`],
      ]),
      series(
        15,
        'Longest census',
        'Of all processes: how long the last census took, and how old the oldest one is.',
        's',
        [
          ['duration', `max(${ours('heapwatch_census_duration_seconds')})`],
          ['age', `time() - min(${ours('heapwatch_census_timestamp_seconds')})`],
        ],
      ),
      series(
        16,
        'Series and time of a scrape',
        'Samples that Prometheus got from the last scrape, and how long it took.',
        'none',
        [
          ['samples', `${own('scrape_samples_scraped')} ${ofUs}`],
          ['seconds', `${own('scrape_duration_seconds')} ${ofUs}`, 's'],
        ],
      ),
    ],
  },
];

function rate(counter: string, labels: string): string {
  return `sum by (${labels}) (rate(${counter}[$__rate_interval]))`;
}

function fact(id: number, title: string, description: string, expression: string): Panel {
  const queries = [{ name: title, expression }];
  return { id, kind: 'stat', title, description, unit: 'none', width: 4, height: 5, queries };
}

function series(
  id: number,
  title: string,
  description: string,
  unit: Unit,
  queries: readonly (readonly [name: string, expression: string, unit?: Unit])[],
): Panel {
  const named = queries.map(([name, expression, own]) => ({ name, expression, ...(own && { unit: own }) }));
  return { id, kind: 'timeseries', title, description, unit, width: 8, height: 8, queries: named };
}
