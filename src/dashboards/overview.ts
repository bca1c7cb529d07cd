import { servicesSection } from './overview-services.ts';
import { summarySection } from './overview-summary.ts';
import { targetsSection } from './overview-targets.ts';
import type { Dashboard } from './panel.ts';
import { OVERVIEW_UID, PROCESS_UID } from './process-link.ts';

/** All watched processes: which one needs a look? */
export const overviewDashboard: Dashboard = {
  uid: OVERVIEW_UID,
  title: 'heapwatch: overview',
  description:
    'All watched processes: who is near a limit, who grows, who was restarted or killed, who cannot be read.',
  variables: [],
  sections: [summarySection, targetsSection, servicesSection],
  linkTo: { uid: PROCESS_UID, title: 'One process' },
};
