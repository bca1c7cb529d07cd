import { stringify } from 'yaml';
import type { AlertGroup } from './alert.ts';
import { alertGroups, plainAlertGroups } from './rules.ts';

/** Labels that name one process among all that are seen. */
const PROCESS = ['service_name', 'runtime', 'pid', 'instance'];
const EXPORTER = ['job', 'instance'];

/** Of two alerts about one thing the one that says more, for Alertmanager: `inhibit_rules` to be added to its file. */
export function inhibition(): string {
  const inhibit_rules = [
    // Who is woken by the end that is near need not read that it leaks as well.
    rule('HeapwatchOutOfMemorySoon', [...growth, ...shortage, ...plain], PROCESS),
    // What grows explains why memory is short; and a verdict says more than a line through the floor.
    rule(growth.join('|'), [...shortage, ...plain], PROCESS),
    rule('HeapwatchOverflow', ['HeapwatchGcThrashing', 'HeapwatchLimitsDoNotFit', 'HeapwatchLittleHeadroom'], PROCESS),
    // It cannot tell anything new.
    rule('HeapwatchDown', watching, EXPORTER),
  ];
  return `# Generated from src/dashboards/alerts: change it there, then npm run generate.
# Add these to the inhibit_rules of alertmanager.yml.
${stringify({ inhibit_rules }, { lineWidth: 0, aliasDuplicateObjects: false })}`;
}

const growth = namesOf(alertGroups(), 'heapwatch-verdicts').filter((name) => name !== 'HeapwatchOutOfMemorySoon');
const shortage = namesOf(alertGroups(), 'heapwatch-shortage');
const plain = namesOf(plainAlertGroups(), 'heapwatch-plain');

const watching = ['heapwatch-watching', 'heapwatch-exporter']
  .flatMap((group) => namesOf(alertGroups(), group))
  .filter((name) => name !== 'HeapwatchDown');

function namesOf(groups: readonly AlertGroup[], group: string): string[] {
  return groups.find(({ name }) => name === group)?.alerts.map(({ name }) => name) ?? [];
}

/** A label that both lack would count as equal: the last, which tells one from another, must be there on both sides. */
function rule(source: string, targets: readonly string[], equal: readonly string[]) {
  const isThere = `${equal.includes('pid') ? 'pid' : 'instance'}=~".+"`;
  return {
    source_matchers: [`alertname=~"${source}"`, isThere],
    target_matchers: [`alertname=~"${targets.join('|')}"`, isThere],
    equal,
  };
}
