/** The dashboard of one process, and how others lead to it. */
export const PROCESS_UID = 'heapwatch-process';
export const OVERVIEW_UID = 'heapwatch-overview';
export const EXPORTER_UID = 'heapwatch-exporter';

/** The labels that together name one process; the choices of its dashboard. */
export const processLabels = ['service_name', 'runtime', 'instance', 'pid'] as const;

/** Grafana's data link from a row (`fields`) or a series (`labels`) of a target, with time range and data source. */
export function processLink(from: 'fields' | 'labels'): string {
  const source = from === 'fields' ? '__data.fields' : '__field.labels';
  // Names of services may hold anything, an ampersand too.
  const choices = processLabels.map((label) => `var-${label}=\${${source}.${label}:percentencode}`);
  return `/d/${PROCESS_UID}?${choices.join('&')}&var-datasource=\${datasource}&\${__url_time_range}`;
}
