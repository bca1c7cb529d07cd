import { expect } from 'vitest';
import { rules } from '../../src/dashboards/alerts/rules.ts';
import { startAlertmanager } from './alerts-receiver.ts';
import { startServer } from './heapwatch.ts';
import { testNeeding } from './needs.ts';
import { expectData, isOfTheIll, panelQueries } from './panel-data.ts';
import { isInstalled, startPrometheus } from './prometheus.ts';
import { nodeService, type Rate, type Service, startServices } from './services.ts';
import { until } from './until.ts';

/** Five hours in five minutes. */
const PACE = 60;
const DEADLINE_MS = 420_000;

const needs = ['prometheus', 'prometheus-alertmanager'].filter((tool) => !isInstalled(tool));

/** What comes in can be done, then more. */
const OVERRUN: readonly Rate[] = [
  [0, 150],
  [100, 600],
];
const STEADY: readonly Rate[] = [[0, 200]];
const LEAK = ['HeapwatchLeak', 'HeapwatchOutOfMemorySoon'];
const BACKLOG = ['HeapwatchBacklog', 'HeapwatchOutOfMemorySoon'];
const OVERFLOW = ['HeapwatchOverflow', 'HeapwatchGcThrashing'];
/** Without room for the young, so that the limit is what is said. */
const TIGHT = ['--max-old-space-size=100', '--max-semi-space-size=1'];

/** A service, the alerts that may name it, of which at least one must come, and the type that its text must name. */
interface Case extends Service {
  readonly alerts: readonly string[];
  readonly culprit?: string;
}

const old = (mib: number) => [`--max-old-space-size=${mib}`];

const inNode = (flags: readonly string[], file: string, ...args: string[]) =>
  nodeService(process.execPath, flags, file, ...args);

const cases: readonly Case[] = [
  one('nodejs leak', inNode(old(100), 'sessions'), LEAK, 'Session'),
  one('nodejs backlog', inNode(old(300), 'promise_queue'), BACKLOG, 'Order'),
  one('nodejs undersized', inNode(TIGHT, 'index_in_memory', '88'), OVERFLOW),
  one('nodejs healthy', inNode(old(100), 'lru_cache'), []),
];

function one(name: string, command: Service['command'], alerts: readonly string[], culprit?: string): Case {
  return { name, command, alerts, rates: alerts === BACKLOG ? OVERRUN : STEADY, ...(culprit && { culprit }) };
}

testNeeding(needs.join(' and '), needs.length === 0)(
  'services in Node.js: the right alert with the culprit in its text, and none for the healthy',
  expectAlerts,
);

async function expectAlerts(): Promise<void> {
  await startServices(cases);
  const flags = cases.map(({ name }) => `--discovery.include=service=${name}`);
  const server = await startServer(['--discovery.min-age=20s', '--log.level=warn', ...flags], {
    HEAPWATCH_TEST_PACE: String(PACE),
  });
  const alertmanager = await startAlertmanager();
  const prometheus = await startPrometheus(server.url, { rules: rules(PACE), alertmanager: alertmanager.host });
  const of = (service: string) =>
    alertmanager.received.filter(
      ({ labels }) => labels.service_name === service && labels.pid !== undefined && labels.severity !== 'info',
    );
  const deadline = Date.now() + DEADLINE_MS;
  const expectAlert = async ({ name, alerts, culprit = 'First: 1. ' }: Case) => {
    const { labels } = await until(`an alert for ${name}`, deadline - Date.now(), () => of(name)[0]);
    expect.soft(alerts, name).toContain(labels.alertname);
    // The first words may name one of its parts only; they are written anew at each evaluation.
    await until(`an alert that names ${culprit} of ${name}`, 60_000, async () => {
      const words = (await alertmanager.shown()).filter((alert) => alert.labels.pid === labels.pid);
      return words.find(({ annotations }) => annotations.description?.includes(culprit));
    });
    if (alerts !== LEAK) return;
    const target = { ...labels, instance: new URL(server.url).host };
    for (const query of panelQueries(target, isOfTheIll)) await expectData(prometheus, query);
  };

  await Promise.all(cases.filter(({ alerts }) => alerts.length > 0).map(expectAlert));
  for (const { name, alerts } of cases) {
    const names = of(name).map(({ labels }) => labels.alertname);
    expect.soft(alerts, name).toEqual(expect.arrayContaining([...new Set(names)]));
    if (alerts.length > 0) continue;
    const verdict = `heapwatch_verdict{service_name="${name}", verdict="healthy"} == 1`;
    expect.soft(await prometheus.query(verdict), name).toHaveLength(1);
  }
}
