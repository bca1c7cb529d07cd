/**
 * What the alerts would have said of leakbench's traces, beside what the usual rules would have said: the table of
 * docs/alerts.md. `LEAKBENCH` is the folder with rules.py and the unpacked traces in `A`.
 */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { type AlertScore, scoreAlerts, sumScores, type Truth } from '../alerts/alert-score.ts';
import { type Firing, simulateAlerts, type VerdictLine } from '../alerts/alert-simulation.ts';

const folder = process.env.LEAKBENCH;
const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));
const usualRules = ['deriv', 'predict', 'high90', 'coroot10', 'floor6h'];

type Lines = ReadonlyMap<string, readonly VerdictLine[]>;

test.skipIf(folder === undefined)('alerts on recorded traces: false ones and lead', { timeout: 900_000 }, () => {
  const truths = jsonLines<Truth>(readFileSync(`${folder}/A/truth.jsonl`, 'utf8'));
  const traces = readdirSync(`${folder}/A`)
    .filter((name) => name.endsWith('.jsonl') && name !== 'truth.jsonl')
    .map((name) => `${folder}/A/${name}`);
  const run = (command: string, args: readonly string[]): Lines => {
    const text = execFileSync(command, [...args, ...traces], { encoding: 'utf8', maxBuffer: 1 << 28 });
    const byId = new Map<string, VerdictLine[]>(truths.map(({ id }) => [id, []]));
    for (const line of jsonLines<VerdictLine & { readonly id: string }>(text)) byId.get(line.id)?.push(line);
    return byId;
  };
  const ours = run(process.execPath, [cli, 'replay']);
  const alerts = (of: RegExp) => (truth: Truth) =>
    simulateAlerts(ours.get(truth.id) ?? [], truth.trace_end_t).filter(({ alert }) => of.test(alert));
  const score = (firings: (truth: Truth) => Firing[], wanted: readonly Truth['verdict'][]) =>
    sumScores(truths.map((truth) => scoreAlerts(firings(truth), truth, wanted)));

  const pages = score(alerts(/Soon/), ['leak', 'backlog']);
  report('pages (HeapwatchOutOfMemorySoon)', pages);
  report('tickets of leaks', score(alerts(/Leak|NativeGrowth|Uncollectable/), ['leak']));
  report('tickets of backlogs', score(alerts(/Backlog/), ['backlog']));
  report('tickets of overflows', score(alerts(/Overflow/), ['overflow']));
  const either = score(alerts(/Leak|NativeGrowth|Uncollectable|Backlog|Soon/), ['leak', 'backlog']);
  report('any alert of growth', either);
  for (const rule of usualRules) {
    const lines = run('python3', [`${folder}/rules.py`, rule]);
    report(
      rule,
      score((truth) => alarms(lines.get(truth.id) ?? [], truth.trace_end_t), ['leak', 'backlog']),
    );
  }
  expect((1000 * pages.falseAlerts) / pages.days).toBeLessThanOrEqual(100);
  expect(shareOverHalfAnHour(either)).toBeGreaterThan(0.95);
});

/** The usual rules tell when they fire: `for` is already in it. */
function alarms(lines: readonly VerdictLine[], endSeconds: number): Firing[] {
  const found: Firing[] = [];
  let from: number | undefined;
  for (const { t, verdict } of lines) {
    if (verdict === 'leak') from ??= t;
    else if (from !== undefined) {
      found.push({ alert: 'rule', fromSeconds: from, toSeconds: t });
      from = undefined;
    }
  }
  if (from !== undefined) found.push({ alert: 'rule', fromSeconds: from, toSeconds: endSeconds });
  return found;
}

function shareOverHalfAnHour({ leads }: AlertScore): number {
  return leads.filter((lead) => lead > 1800).length / leads.length;
}

function report(name: string, score: AlertScore): void {
  const { falseAlerts, days, leads, leaks } = score;
  const hours = [...leads].sort((a, b) => a - b).map((lead) => lead / 3600);
  const middle = hours[Math.floor(hours.length / 2)];
  process.stdout.write(
    `${name}: ${falseAlerts} false in ${days.toFixed(1)} days, ${((1000 * falseAlerts) / days).toFixed(0)} in 1000; told ${leads.length} of ${leaks} leaks, ${(100 * shareOverHalfAnHour(score)).toFixed(0)} % over half an hour before the end, half of them ${middle?.toFixed(1)} h or more, the latest ${hours[0]?.toFixed(2)} h\n`,
  );
}

function jsonLines<Line>(text: string): Line[] {
  return text
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Line);
}
