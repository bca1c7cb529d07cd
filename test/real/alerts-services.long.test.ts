import { expect } from 'vitest';
import { plainRules, rules } from '../../src/dashboards/alerts/rules.ts';
import { javaCases, nodeCases, pythonCases } from './alert-cases.ts';
import { type ReceivedAlert, startAlertmanager } from './alerts-receiver.ts';
import { startServer } from './heapwatch.ts';
import { anyJdk } from './jdks.ts';
import { canMakeMemoryCgroups } from './memory-cgroup.ts';
import { testNeeding } from './needs.ts';
import { ownService } from './own-service.ts';
import { namesWithoutData } from './panel-data.ts';
import { isInstalled, startPrometheus } from './prometheus.ts';
import { startServices } from './services.ts';
import { canMakeUnknownPython, startWithUnknownPython } from './unknown-python.ts';
import { until } from './until.ts';

/** Five hours in five minutes. */
const PACE = 60;
const DEADLINE_MS = 420_000;

const needs = [
  ...['prometheus', 'prometheus-alertmanager'].filter((tool) => !isInstalled(tool)),
  ...(canMakeMemoryCgroups ? [] : ['a memory cgroup of our own']),
  ...(canMakeUnknownPython ? [] : ['a CPython to make an unknown version of']),
  ...(anyJdk ? [] : ['a JDK']),
];

/** Fails every reading, so that the panels and the alert of that have something to tell. */
const UNREADABLE = ownName('python unknown');

/** Sixty times the readings and verdicts are over any budget. */
const ofHeapwatch = ['HeapwatchOverBudget warning'];

/** Pressure is told by cgroups of version 2 alone. */
const mayBeEmpty = ['{{kind}} in Waiting for memory of heapwatch-process'];

testNeeding(needs.join(' and '), needs.length === 0)(
  'services in three runtimes: the right alerts with the culprit in their text, none for the healthy, and data in every panel',
  async () => {
    const cases = [...pythonCases, ...nodeCases, ...javaCases()].map((one) => ({ ...one, name: ownName(one.name) }));
    await startServices(cases);
    await startWithUnknownPython('healthy.py', { OTEL_SERVICE_NAME: UNREADABLE });
    const flags = [
      // While programs start they are compiled, which is load.
      '--discovery.min-age=30m',
      // A percent of a core for each.
      '--census.cpu-budget=0.15',
      '--log.level=warn',
      `--discovery.include=service=${ownName('*')}`,
    ];
    const server = await startServer(flags, { HEAPWATCH_TEST_PACE: String(PACE) });
    const alertmanager = await startAlertmanager();
    const prometheus = await startPrometheus(server.url, {
      rules: [rules(PACE), plainRules(PACE)],
      alertmanager: alertmanager.host,
    });
    const of = (name: string | undefined) => alertmanager.received.filter(({ labels }) => labels.service_name === name);
    const titles = (name: string | undefined) => [...new Set(of(name).map(titleOf))];
    // The first words may name one of its parts only; they are written anew at each evaluation.
    const missing = () =>
      cases.flatMap(({ name, alerts, words }) => {
        const isSaid = (alert: string) => of(name).some((one) => titleOf(one) === alert && says(one, words));
        return alerts.filter((alert) => !isSaid(alert)).map((alert) => `${alert} of ${name}: ${words}`);
      });

    await until('every alert', DEADLINE_MS, () => missing().length === 0).catch(() => undefined);
    expect.soft(missing()).toEqual([]);
    for (const { name, alerts, others } of cases) {
      process.stdout.write(`${name}: ${titles(name).join(', ') || 'nothing'}\n`);
      expect.soft([...alerts, ...others], name).toEqual(expect.arrayContaining(titles(name)));
      if (alerts.length > 0) continue;
      const verdicts = `sum by (verdict) (max_over_time(heapwatch_verdict{service_name="${name}"}[1h])) > 0`;
      const told = (await prometheus.query(verdicts)).map(({ metric }) => metric.verdict);
      expect.soft(told.sort(), name).toEqual(['healthy', 'warming_up']);
    }
    expect.soft(titles(UNREADABLE)).toEqual(['HeapwatchTargetUnreadable info']);
    expect.soft(ofHeapwatch).toEqual(expect.arrayContaining(titles(undefined)));
    expect.soft(await prometheus.ruleErrors()).toEqual([]);

    const targets = (await prometheus.query('heapwatch_target_up')).map(({ metric }) => metric);
    expect(targets.length).toBeGreaterThan(1);
    const empty = await namesWithoutData(prometheus, targets);
    expect(empty.filter((name) => !mayBeEmpty.includes(name))).toEqual([]);
  },
);

/** Of a service of this run alone. */
function ownName(name: string): string {
  return `${ownService} ${name}`;
}

/** E.g. `HeapwatchLeak warning`. */
function titleOf({ labels }: ReceivedAlert): string {
  return `${labels.alertname} ${labels.severity}`;
}

/** Whether the text names the process and holds all the words. */
function says({ labels, annotations }: ReceivedAlert, words: readonly string[]): boolean {
  const text = annotations.description ?? '';
  return [`${labels.service_name} (pid ${labels.pid},`, ...words].every((word) => text.includes(word));
}
