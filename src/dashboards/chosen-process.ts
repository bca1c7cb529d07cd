import type { MetricName } from '../metrics/catalogue.ts';
import { type LabelOf, type Matchers, metric } from './metric.ts';
import type { Variable } from './panel.ts';
import { processLabels } from './process-link.ts';

type ProcessLabel = (typeof processLabels)[number];
type TargetMetricName = { [Name in MetricName]: ProcessLabel extends LabelOf<Name> ? Name : never }[MetricName];

const chosen = { service_name: '$service_name', runtime: '$runtime', instance: '$instance', pid: '$pid' } as const;

/** Selects series of the process that is chosen at the top of its dashboard. */
export function ofProcess<Name extends TargetMetricName>(name: Name, matchers?: Matchers<Name>): string {
  return metric(name, { ...chosen, ...matchers } as Matchers<Name>);
}

const titles = { service_name: 'Service', runtime: 'Runtime', instance: 'Seen by', pid: 'Process' } as const;

/** The choices, each from what the ones before it leave. */
export const processVariables: readonly Variable[] = processLabels.map((name, index) => {
  const before = processLabels.slice(0, index).map((label) => [label, chosen[label]]);
  return { name, label: titles[name], of: metric('heapwatch_target_up', Object.fromEntries(before)) };
});
