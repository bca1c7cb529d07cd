import type { Alert } from '../../src/dashboards/alerts/alert.ts';
import { alertThresholds } from '../../src/dashboards/alerts/alert-thresholds.ts';
import { alertGroups } from '../../src/dashboards/alerts/rules.ts';

/** One line of `heapwatch replay`: what holds from `t` on. */
export interface VerdictLine {
  readonly t: number;
  readonly verdict: string;
  readonly cause?: string;
  readonly eta_s: number | null;
}

/** From the first evaluation at which an alert fires to the first at which it does no more. */
export interface Firing {
  readonly alert: string;
  readonly fromSeconds: number;
  readonly toSeconds: number;
}

/** What each of the alerts on a verdict waits for, as its expression says. */
const conditions: Readonly<Record<string, (line: VerdictLine) => boolean>> = {
  HeapwatchLeak: (line) => isCalmly('leak', 'objects')(line),
  HeapwatchNativeGrowth: (line) => isCalmly('leak', 'native')(line),
  HeapwatchUncollectable: (line) => isCalmly('leak', 'uncollectable')(line),
  HeapwatchBacklog: (line) => isCalmly('backlog')(line),
  HeapwatchOverflow: ({ verdict }) => verdict === 'overflow',
  HeapwatchOutOfMemorySoon: (line) => ['leak', 'backlog'].includes(line.verdict) && isSoon(line),
};

/** The rules evaluated at every `stepSeconds`, as Prometheus does it: `for`, then `keep_firing_for`. */
export function simulateAlerts(lines: readonly VerdictLine[], endSeconds: number, stepSeconds = 60): Firing[] {
  const held = heldAt(lines, endSeconds, stepSeconds);
  const alerts = alertGroups().flatMap((group) => group.alerts);
  return alerts.flatMap((alert) => {
    const condition = conditions[alert.name];
    return condition === undefined ? [] : firings(alert, held, stepSeconds, condition);
  });
}

/** The line that holds at each evaluation; none before the first. */
export function heldAt(
  lines: readonly VerdictLine[],
  endSeconds: number,
  stepSeconds: number,
): (VerdictLine | undefined)[] {
  let next = 0;
  return Array.from({ length: Math.floor(endSeconds / stepSeconds) + 1 }, (_, step) => {
    while (next < lines.length && lines[next]!.t <= step * stepSeconds) next++;
    return lines[next - 1];
  });
}

function firings(
  { name, forSeconds = 0, keepFiringSeconds }: Alert,
  held: readonly (VerdictLine | undefined)[],
  stepSeconds: number,
  condition: (line: VerdictLine) => boolean,
): Firing[] {
  const found: Firing[] = [];
  let active: number | undefined;
  let from: number | undefined;
  let lost: number | undefined;
  for (const [step, line] of held.entries()) {
    const now = step * stepSeconds;
    if (line !== undefined && condition(line)) {
      active ??= now;
      lost = undefined;
      if (now - active >= forSeconds) from ??= now;
      continue;
    }
    lost ??= now;
    if (from !== undefined && now - lost < keepFiringSeconds) continue;
    if (from !== undefined) found.push({ alert: name, fromSeconds: from, toSeconds: now });
    active = undefined;
    from = undefined;
  }
  if (from !== undefined) found.push({ alert: name, fromSeconds: from, toSeconds: held.length * stepSeconds });
  return found;
}

function isCalmly(verdict: string, cause?: string): (line: VerdictLine) => boolean {
  return (line) => line.verdict === verdict && (cause === undefined || line.cause === cause) && !isSoon(line);
}

function isSoon({ eta_s }: VerdictLine): boolean {
  return eta_s !== null && eta_s < alertThresholds.soonSeconds;
}
