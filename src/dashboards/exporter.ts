import { exporterSections } from './exporter-sections.ts';
import { metric } from './metric.ts';
import type { Dashboard } from './panel.ts';
import { EXPORTER_UID, OVERVIEW_UID } from './process-link.ts';

/** heapwatch itself: does it see what it should, and what does it cost? */
export const exporterDashboard: Dashboard = {
  uid: EXPORTER_UID,
  title: 'heapwatch: exporter',
  description: 'heapwatch itself: what it watches, what fails, and what it costs.',
  variables: [{ name: 'instance', label: 'Instance', of: metric('heapwatch_build_info') }],
  sections: exporterSections,
  linksTo: [{ uid: OVERVIEW_UID, title: 'All processes' }],
  annotations: [],
};
