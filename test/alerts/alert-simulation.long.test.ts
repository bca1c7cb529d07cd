import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { expect } from 'vitest';
import { createTraceVerdicts } from '../../src/commands/trace-verdicts.ts';
import { testNeeding } from '../real/needs.ts';
import { isInstalled } from '../real/prometheus.ts';
import { type Firing, heldAt, simulateAlerts, type VerdictLine } from './alert-simulation.ts';
import { expectValues, STEP_MINUTES } from './promtool.ts';
import { exporterSeries, processSeries } from './story.ts';

const STEP_SECONDS = 60 * STEP_MINUTES;
const fact = testNeeding('promtool', isInstalled('promtool'));

function replayed(name: string): { readonly lines: VerdictLine[]; readonly endSeconds: number } {
  const trace = gunzipSync(readFileSync(new URL(`../fixtures/traces/${name}.jsonl.gz`, import.meta.url))).toString();
  const verdicts = createTraceVerdicts();
  const texts = trace.split('\n').filter((line) => line.startsWith('{'));
  const lines = texts.flatMap((text) => verdicts.add(text) ?? []);
  return { lines, endSeconds: (JSON.parse(texts.at(-1) ?? '{}') as { t: number }).t };
}

for (const [name, alerts] of [
  ['leak-through-restarts', ['HeapwatchLeak', 'HeapwatchOutOfMemorySoon']],
  ['backlog-drains', ['HeapwatchBacklog']],
] as const) {
  fact(`promtool and the simulation see the same alerts fire in the trace ${name}, from and to the same minute`, () => {
    const { lines, endSeconds } = replayed(name);
    const simulated = simulateAlerts(lines, endSeconds, STEP_SECONDS);
    expect(new Set(simulated.map(({ alert }) => alert))).toEqual(new Set(alerts));
    const held = heldAt(lines, endSeconds, STEP_SECONDS);
    const at = (hour: number) => held[Math.round((hour * 3600) / STEP_SECONDS)];
    const process = processSeries({
      floor: () => 1,
      verdict: (hour) => {
        const line = at(hour);
        return line && (line.cause ? `${line.verdict} ${line.cause}` : line.verdict);
      },
      // A series that ends is marked as such: Prometheus must not look back for it.
      hoursLeft: (hour) => (at(hour)?.eta_s ?? Number.NaN) / 3600,
    });
    const firing = 'ALERTS{alertstate="firing"}';
    const range = Math.ceil(endSeconds / 3600) + 1;
    const samples = (value: (of: typeof simulated) => number) =>
      Object.fromEntries(
        alerts.map((name) => [`{alertname="${name}"}`, value(simulated.filter(({ alert }) => alert === name))]),
      );
    const steps = ({ fromSeconds, toSeconds }: Firing) => (toSeconds - fromSeconds) / STEP_SECONDS;
    expectValues([...exporterSeries({}), ...process], Math.floor(endSeconds / STEP_SECONDS) * (STEP_SECONDS / 3600), {
      [`sum by (alertname) (count_over_time(${firing}[${range}h]))`]: samples((of) =>
        of.reduce((sum, each) => sum + steps(each), 0),
      ),
      [`min by (alertname) (min_over_time(timestamp(${firing})[${range}h:${STEP_MINUTES}m]))`]: samples((of) =>
        Math.min(...of.map(({ fromSeconds }) => fromSeconds)),
      ),
    });
  });
}
