import { processVariables } from './chosen-process.ts';
import { metric } from './metric.ts';
import type { Dashboard } from './panel.ts';
import { censusSection } from './process-census.ts';
import { factsSection } from './process-facts.ts';
import { EXPORTER_UID, OVERVIEW_UID, PROCESS_UID } from './process-link.ts';
import { memorySection } from './process-memory.ts';
import { verdictSection } from './process-verdict.ts';

/** One process: why does its memory grow, and how long until it ends? */
export const processDashboard: Dashboard = {
  uid: PROCESS_UID,
  title: 'heapwatch: process',
  description:
    'The heap of one process: against its limits, by type of object, and how far the numbers can be trusted.',
  variables: processVariables,
  sections: [verdictSection, memorySection, censusSection, factsSection],
  linksTo: [
    { uid: OVERVIEW_UID, title: 'All processes' },
    { uid: EXPORTER_UID, title: 'heapwatch itself' },
  ],
  annotations: [
    {
      name: 'Incident',
      expression: `increase(${metric('heapwatch_incidents_total', { service_name: '$service_name', runtime: '$runtime', instance: '$instance' })}[$__rate_interval]) > 0`,
      text: 'A process of {{service_name}} ended: {{ending}}.',
    },
  ],
};
