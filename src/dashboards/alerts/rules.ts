import { stringify } from 'yaml';
import { createPace } from '../pace.ts';
import type { Alert, AlertGroup } from './alert.ts';
import { deathAlerts } from './death-alerts.ts';
import { exporterAlerts } from './exporter-alerts.ts';
import { fleetRules } from './fleet-rules.ts';
import { plainAlerts } from './plain-alerts.ts';
import { shortageAlerts } from './shortage-alerts.ts';
import { verdictAlerts } from './verdict-alerts.ts';
import { watchingAlerts } from './watching-alerts.ts';

/** Every alert, by group; `factor` divides all durations and is 1 but for tests. */
export function alertGroups(factor = 1): AlertGroup[] {
  const pace = createPace(factor);
  return [verdictAlerts, shortageAlerts, deathAlerts, watchingAlerts, exporterAlerts].map((group) => group(pace));
}

/** Growth without verdicts, beside `alertGroups` or in place of its first. */
export function plainAlertGroups(factor = 1): AlertGroup[] {
  return [plainAlerts(createPace(factor))];
}

/** The rule file of Prometheus, as YAML: what records for fleets too. */
export function rules(factor = 1): string {
  const recording = fleetRules.map(({ name, expression }) => ({ record: name, expr: expression }));
  return ruleFile([...ruleGroups(alertGroups(factor), factor), { name: 'heapwatch-fleet', rules: recording }]);
}

export function plainRules(factor = 1): string {
  return ruleFile(ruleGroups(plainAlertGroups(factor), factor));
}

function ruleFile(groups: readonly object[]): string {
  return `# Generated from src/dashboards/alerts: change it there, then npm run generate.\n${stringify({ groups }, { lineWidth: 0 })}`;
}

function ruleGroups(groups: readonly AlertGroup[], factor: number): object[] {
  const { duration } = createPace(factor);
  return groups.map(({ name, alerts }) => ({ name, rules: alerts.map((alert) => rule(alert, duration)) }));
}

function rule(alert: Alert, duration: (seconds: number) => string) {
  return {
    alert: alert.name,
    expr: alert.expression,
    ...(alert.forSeconds !== undefined && { for: duration(alert.forSeconds) }),
    keep_firing_for: duration(alert.keepFiringSeconds),
    labels: { severity: alert.severity },
    annotations: {
      summary: alert.summary,
      description: alert.description,
      // Written out, as no template knows the alert's name; a heading's anchor is its text in lower case.
      runbook_url: `docs/runbooks.md#${alert.name.toLowerCase()}`,
    },
  };
}
