import { inhibition } from './alerts/inhibition.ts';
import { alertGroups, plainAlertGroups, plainRules, rules } from './alerts/rules.ts';
import { runbooks } from './alerts/runbooks.ts';
import { dashboardJson } from './dashboard-json.ts';
import { exporterDashboard } from './exporter.ts';
import { overviewDashboard } from './overview.ts';
import { processDashboard } from './process.ts';

/** Dashboards, rules and runbooks by their path in the repository; the chart carries copies, as Helm reads no others. */
export function generatedFiles(): Readonly<Record<string, string>> {
  const dashboards = {
    'overview.json': dashboardJson(overviewDashboard),
    'process.json': dashboardJson(processDashboard),
    'heapwatch.json': dashboardJson(exporterDashboard),
  };
  return {
    ...under('dashboards/', dashboards),
    'dashboards/alerts/heapwatch.rules.yaml': rules(),
    'dashboards/alerts/heapwatch-plain.rules.yaml': plainRules(),
    'dashboards/alertmanager/inhibition.yaml': inhibition(),
    'docs/runbooks.md': runbooks([...alertGroups(), ...plainAlertGroups()]),
    ...under('helm/heapwatch/files/dashboards/', dashboards),
    'helm/heapwatch/files/heapwatch.rules.yaml': rules(),
  };
}

function under(folder: string, files: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(files).map(([name, text]) => [folder + name, text]));
}
