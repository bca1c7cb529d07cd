import type { Verdict } from '../model/assessment.ts';
import type { State } from './panel.ts';

/** What a verdict is in a panel: the worse, the larger. */
const states: Readonly<Record<Verdict, State>> = {
  warming_up: { value: 0, text: 'warming up', color: 'gray' },
  healthy: { value: 1, text: 'healthy', color: 'green' },
  backlog: { value: 2, text: 'backlog', color: 'yellow' },
  overflow: { value: 3, text: 'overflow', color: 'orange' },
  leak: { value: 4, text: 'leak', color: 'red' },
};

export const verdictStates: readonly State[] = Object.values(states);

/** One number for the verdict of each process. `select` names the series of a verdict. */
export function verdictNumber(labels: string, select: (verdict: Verdict) => string): string {
  const each = Object.entries(states).map(([verdict, { value }]) => `(${select(verdict as Verdict)} == 1) * ${value}`);
  return `max by (${labels}) (${each.join(' or ')})`;
}
