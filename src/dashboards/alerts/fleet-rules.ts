import { metric } from '../metric.ts';

/** A recording rule; its name is `labels:metric:operation`, as Prometheus advises. */
export interface RecordingRule {
  readonly name: string;
  readonly expression: string;
}

const SERVICE = 'namespace, service_name';

/**
 * What dashboards and alerts of a whole fleet ask for, by service: a few series in place of a few for each process. With
 * `honor_labels` or without: then the namespace of the watched process is `exported_namespace`.
 */
export const fleetRules: readonly RecordingRule[] = [
  {
    name: 'namespace_service_name:heapwatch_oom_eta_seconds:min',
    expression: `min by (${SERVICE}) (${byNamespace(metric('heapwatch_oom_eta_seconds'))})`,
  },
  {
    name: 'namespace_service_name:heapwatch_growth_bytes_per_second:max',
    expression: `max by (${SERVICE}) (${byNamespace(metric('heapwatch_growth_bytes_per_second'))})`,
  },
  {
    name: 'namespace_service_name:heapwatch_memory_limit_used_ratio:max',
    expression: `max by (${SERVICE}) (${byNamespace(metric('heapwatch_memory_limit_used_ratio'))})`,
  },
  {
    name: 'namespace_service_name_verdict:heapwatch_verdict:sum',
    expression: `sum by (${SERVICE}, verdict) (${byNamespace(`${metric('heapwatch_verdict')} == 1`)})`,
  },
];

function byNamespace(series: string): string {
  return `label_replace(${series}, "namespace", "$1", "exported_namespace", "(.+)")`;
}
