import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { stringify } from 'yaml';
import { plainRules, rules } from '../../src/dashboards/alerts/rules.ts';
import type { Series } from './story.ts';

/** An alert that Prometheus sends, with all that it carries. */
export interface SentAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** Of the series, and of the evaluation of rules. */
export const STEP_MINUTES = 2;

/**
 * Runs both shipped rule files over the series with promtool. Throws with promtool's words unless exactly these alerts, in the
 * form `name`, `name pid` or `name pid xTimes`, were firing at some time of the story.
 */
export function expectFired(series: readonly Series[], hours: number, expected: readonly string[]): void {
  const fired = `count by (alertname, pid) (count_over_time(ALERTS{alertstate="firing"}[${Math.ceil(hours)}h]))`;
  expectSamples(series, hours, fired, expected);
}

/** The same, for those that are firing at the end of the story. */
export function expectFiring(series: readonly Series[], hours: number, expected: readonly string[]): void {
  expectSamples(series, hours, 'count by (alertname, pid) (ALERTS{alertstate="firing"})', expected);
}

/** Throws unless this is the one alert of its name at the end of the story, to the letter. */
export function expectSent(series: readonly Series[], hours: number, alertname: string, alert: SentAlert): void {
  const alerts = [{ exp_labels: alert.labels, exp_annotations: alert.annotations }];
  promtool(series, hours, { alert_rule_test: [{ eval_time: time(hours), alertname, exp_alerts: alerts }] });
}

/** Throws unless each of these expressions has these values, by name and labels, at the end of the story. */
export function expectValues(
  series: readonly Series[],
  hours: number,
  expected: Readonly<Record<string, Readonly<Record<string, number>>>>,
): void {
  const tests = Object.entries(expected).map(([expr, values]) => ({
    expr,
    eval_time: time(hours),
    exp_samples: Object.entries(values).map(([labels, value]) => ({ labels, value })),
  }));
  promtool(series, hours, { promql_expr_test: tests });
}

function expectSamples(series: readonly Series[], hours: number, expr: string, expected: readonly string[]): void {
  const samples = expected.map((name) => {
    const [alertname, pid, times = 'x1'] = name.split(' ');
    const labels = `{alertname="${alertname}"${pid === undefined ? '' : `, pid="${pid}"`}}`;
    return { labels, value: Number(times.slice(1)) };
  });
  promtool(series, hours, { promql_expr_test: [{ expr, eval_time: time(hours), exp_samples: samples }] });
}

function promtool(series: readonly Series[], hours: number, tests: object): void {
  const folder = mkdtempSync(join(tmpdir(), 'heapwatch-rules-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const interval = `${STEP_MINUTES}m`;
  const input = series.map(({ name, labels, value }) => ({
    series: selector(name, labels),
    values: values(value, hours),
  }));
  const test = { interval, input_series: input, ...tests };
  writeFileSync(join(folder, 'rules.yaml'), rules());
  writeFileSync(join(folder, 'plain.yaml'), plainRules());
  writeFileSync(
    join(folder, 'test.yaml'),
    stringify(
      { rule_files: ['rules.yaml', 'plain.yaml'], evaluation_interval: interval, tests: [test] },
      { lineWidth: 0 },
    ),
  );
  const run = spawnSync('promtool', ['test', 'rules', 'test.yaml'], { cwd: folder, encoding: 'utf8', timeout: 50_000 });
  if (run.status !== 0) throw run.error ?? new Error(`${run.stdout}${run.stderr}`);
}

function selector(name: string, labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([label, value]) => `${label}=${JSON.stringify(value)}`);
  return `${name}{${pairs.join(',')}}`;
}

function values(value: (hour: number) => number | undefined, hours: number): string {
  const count = Math.ceil((hours * 60) / STEP_MINUTES) + 1;
  // Prometheus looks back for what is missing, but not behind the mark of a series that is gone.
  const written = (number: number | undefined) => (Number.isNaN(number) ? 'stale' : (number ?? '_'));
  return Array.from({ length: count }, (_, step) => written(value((step * STEP_MINUTES) / 60))).join(' ');
}

function time(hours: number): string {
  return `${Math.round(hours * 60)}m`;
}
