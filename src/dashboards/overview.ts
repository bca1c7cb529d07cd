import { metric } from './metric.ts';
import { servicesSection } from './overview-services.ts';
import { summarySection } from './overview-summary.ts';
import { targetsSection } from './overview-targets.ts';
import { verdictsSection } from './overview-verdicts.ts';
import type { Dashboard } from './panel.ts';
import { EXPORTER_UID, OVERVIEW_UID, PROCESS_UID } from './process-link.ts';

/** All watched processes: which one needs a look? */
export const overviewDashboard: Dashboard = {
  uid: OVERVIEW_UID,
  title: 'heapwatch: overview',
  description:
    'All watched processes: who is ill, who is near a limit, who grows, who was restarted or killed, who cannot be read.',
  variables: [],
  sections: [summarySection, verdictsSection, targetsSection, servicesSection],
  linksTo: [
    { uid: PROCESS_UID, title: 'One process' },
    { uid: EXPORTER_UID, title: 'heapwatch itself' },
  ],
  annotations: [
    {
      name: 'Incident',
      expression: `sum by (service_name, ending) (increase(${metric('heapwatch_incidents_total')}[$__rate_interval])) > 0`,
      text: '{{service_name}}: {{ending}}',
    },
  ],
};
