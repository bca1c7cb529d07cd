import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { alertGroups, plainAlertGroups, plainRules, rules } from '../../src/dashboards/alerts/rules.ts';
import { runbooks } from '../../src/dashboards/alerts/runbooks.ts';
import { testNeeding } from '../real/needs.ts';
import { isInstalled } from '../real/prometheus.ts';
import { expectSent } from './promtool.ts';
import { exporterSeries, GiB, MiB, processSeries } from './story.ts';

const groups = [...alertGroups(), ...plainAlertGroups()];
const alerts = groups.flatMap((group) => group.alerts);
const text = (pace: number) => rules(pace) + plainRules(pace);
const needingPromtool = testNeeding('promtool', isInstalled('promtool'));

for (const pace of [1, 240]) {
  needingPromtool(`promtool finds nothing to mend at pace ${pace}`, () => {
    const folder = mkdtempSync(join(tmpdir(), 'heapwatch-rules-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    writeFileSync(join(folder, 'rules.yaml'), rules(pace));
    writeFileSync(join(folder, 'plain.yaml'), plainRules(pace));
    const args = ['check', 'rules', '--lint=all', '--lint-fatal', 'rules.yaml', 'plain.yaml'];
    const run = spawnSync('promtool', args, { cwd: folder, encoding: 'utf8', timeout: 20_000 });
    expect(`${run.stdout}${run.stderr}`).toContain('SUCCESS');
    expect(run.status).toBe(0);
  });
}

test('names are CamelCase with our name first, and stand once', () => {
  const names = alerts.map(({ name }) => name);
  expect(names).toEqual([...new Set(names)]);
  for (const name of names) expect(name).toMatch(/^Heapwatch([A-Z][a-z]+)+$/);
});

test('a summary is static, a description says what to do first', () => {
  for (const { name, summary, description } of alerts) {
    expect(summary, name).not.toContain('{{');
    expect(summary, name).toMatch(/^\S.*\.$/);
    expect(description, name).toContain('heapwatch top ');
    expect(description, name).toContain('--growth 30s');
  }
});

test('each alert links to its own section of the runbooks', () => {
  const headings = runbooks(groups).match(/(?<=^## ).+$/gm);
  expect(headings).toEqual(alerts.map(({ name }) => name));
  for (const { name } of alerts) {
    expect(text(1)).toContain(`runbook_url: docs/runbooks.md#${name.toLowerCase()}\n`);
  }
});

test('pace divides every duration, and only that', () => {
  const time = /\b\d+(\.\d+)?(ms|s|m|h|d)\b|(?<= )\d{3,}\b/g;
  expect(text(60)).not.toMatch(/\b(6h|24h|1d)\b/);
  expect(text(60)).toContain('[6m]');
  expect(text(60).replace(time, 'T')).toBe(text(1).replace(time, 'T'));
});

needingPromtool('an alert arrives with its labels and its words', () => {
  const floor = (hour: number) => (200 + 40 * hour) * MiB;
  const series = [...exporterSeries({}), ...processSeries({ floor, cgroupLimit: GiB, labels: { pod: 'shop-0' } })];
  const { summary = '' } = alerts.find(({ name }) => name === 'HeapwatchSustainedGrowth') ?? {};
  expectSent(series, 8, 'HeapwatchSustainedGrowth', {
    labels: {
      ...{ severity: 'warning', job: 'heapwatch', instance: 'node-1:10148' },
      ...{ service_name: 'shop.py', runtime: 'cpython', pid: '41', pod: 'shop-0' },
    },
    annotations: {
      summary,
      description:
        'The live heap of shop.py (pid 41 in pod shop-0, seen by node-1:10148) has grown for six hours, by 960MiB a day at this rate, which is more than is left to its nearest limit. See which types grow: `heapwatch top 41 --growth 30s` on its machine.',
      runbook_url: 'docs/runbooks.md#heapwatchsustainedgrowth',
    },
  });
});
