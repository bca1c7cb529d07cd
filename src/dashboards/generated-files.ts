import { inhibition } from './alerts/inhibition.ts';
import { alertGroups, plainAlertGroups, plainRules, rules } from './alerts/rules.ts';
import { runbooks } from './alerts/runbooks.ts';
import { dashboardJson } from './dashboard-json.ts';
import { overviewDashboard } from './overview.ts';
import { processDashboard } from './process.ts';

/** Dashboards, rules and runbooks by their path in the repository; the chart carries copies, as Helm reads no others. */
export function generatedFiles(): Readonly<Record<string, string>> {
  const overview = dashboardJson(overviewDashboard);
  const process = dashboardJson(processDashboard);
  return {
    'dashboards/overview.json': overview,
    'dashboards/process.json': process,
    'dashboards/alerts/heapwatch.rules.yaml': rules(),
    'dashboards/alerts/heapwatch-plain.rules.yaml': plainRules(),
    'dashboards/alertmanager/inhibition.yaml': inhibition(),
    'docs/runbooks.md': runbooks([...alertGroups(), ...plainAlertGroups()]),
    'helm/heapwatch/files/dashboards/overview.json': overview,
    'helm/heapwatch/files/dashboards/process.json': process,
    'helm/heapwatch/files/heapwatch.rules.yaml': rules(),
  };
}
