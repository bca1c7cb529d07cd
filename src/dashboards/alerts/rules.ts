import { stringify } from 'yaml';
import { createPace } from '../pace.ts';
import type { Alert, AlertGroup } from './alert.ts';
import { growthAlerts } from './growth-alerts.ts';
import { limitAlerts } from './limit-alerts.ts';
import { watchingAlerts } from './watching-alerts.ts';

/** Every alert, by group; `factor` divides all durations and is 1 but for tests. */
export function alertGroups(factor = 1): AlertGroup[] {
  const pace = createPace(factor);
  return [growthAlerts(pace), limitAlerts(pace), watchingAlerts(pace)];
}

/** The rule file of Prometheus, as YAML. */
export function rules(factor = 1): string {
  const pace = createPace(factor);
  const groups = alertGroups(factor).map(({ name, alerts }) => ({
    name,
    rules: alerts.map((alert) => rule(alert, pace.duration)),
  }));
  return `# Generated from src/dashboards/alerts: change it there, then npm run generate.\n${stringify({ groups }, { lineWidth: 0 })}`;
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
