import { processVariables } from './chosen-process.ts';
import type { Dashboard } from './panel.ts';
import { censusSection } from './process-census.ts';
import { factsSection } from './process-facts.ts';
import { OVERVIEW_UID, PROCESS_UID } from './process-link.ts';
import { memorySection } from './process-memory.ts';

/** One process: why does its memory grow, and how long until it ends? */
export const processDashboard: Dashboard = {
  uid: PROCESS_UID,
  title: 'heapwatch: process',
  description:
    'The heap of one process: against its limits, by type of object, and how far the numbers can be trusted.',
  variables: processVariables,
  sections: [memorySection, censusSection, factsSection],
  linkTo: { uid: OVERVIEW_UID, title: 'All processes' },
};
