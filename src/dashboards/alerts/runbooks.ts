import type { Alert, AlertGroup } from './alert.ts';

/** docs/runbooks.md: for each alert what it means, what to do, and when not to believe it. */
export function runbooks(groups: readonly AlertGroup[]): string {
  const sections = groups.flatMap(({ alerts }) => alerts.map(section));
  return `<!-- Generated from src/dashboards/alerts: change it there, then npm run generate. -->

# What to do when heapwatch alerts

${sections.join('\n')}`;
}

function section({ name, severity, summary, runbook }: Alert): string {
  return `## ${name}

${severity}: ${summary}

${runbook.meaning}

${runbook.steps.map((step, index) => `${index + 1}. ${step}\n`).join('')}
Limits: ${runbook.limits}
`;
}
