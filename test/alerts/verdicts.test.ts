import { alertGroups } from '../../src/dashboards/alerts/rules.ts';
import { testNeeding } from '../real/needs.ts';
import { isInstalled } from '../real/prometheus.ts';
import { expectFired, expectFiring, expectSent } from './promtool.ts';
import { exporterSeries, GiB, MiB, type ProcessStory, processSeries } from './story.ts';

const fact = testNeeding('promtool', isInstalled('promtool'));
const alerts = alertGroups().flatMap((group) => group.alerts);

function seriesOf(stories: readonly Partial<ProcessStory>[]) {
  const whole = stories.map((story) => ({ floor: () => 200 * MiB, cgroupLimit: GiB, ...story }));
  return [...exporterSeries({}), ...whole.flatMap(processSeries)];
}

/** Exactly these alerts fired in two hours of a process. */
function fired(story: Partial<ProcessStory>, expected: readonly string[]): void {
  expectFired(seriesOf([story]), 2, expected);
}

for (const [verdict, alert] of [
  ['leak objects', 'HeapwatchLeak'],
  ['leak native', 'HeapwatchNativeGrowth'],
  ['leak uncollectable', 'HeapwatchUncollectable'],
  ['backlog', 'HeapwatchBacklog'],
  ['overflow undersized', 'HeapwatchOverflow'],
  ['overflow burst', 'HeapwatchOverflow'],
] as const) {
  fact(`the verdict ${verdict} is ${alert}, once`, () => {
    fired({ verdict: () => verdict, hoursLeft: () => 30 }, [`${alert} 41`]);
  });
}

for (const verdict of ['warming_up', 'healthy', 'overflow undersized']) {
  fact(`${verdict} pages nobody, however near the limit is`, () => {
    fired(
      { verdict: () => verdict, hoursLeft: () => 1 },
      verdict.startsWith('overflow') ? ['HeapwatchOverflow 41'] : [],
    );
  });
}

for (const verdict of ['leak objects', 'leak native', 'leak uncollectable', 'backlog']) {
  fact(`${verdict} with less than two hours left is a page, and nothing else`, () => {
    fired({ verdict: () => verdict, hoursLeft: () => 1.9 }, ['HeapwatchOutOfMemorySoon 41']);
  });
}

fact('a leak whose time is not known is a ticket: of descriptors, or of a runtime without a limit', () => {
  fired({ verdict: () => 'leak objects' }, ['HeapwatchLeak 41']);
});

fact('a ticket becomes a page, and both are over when the process is', () => {
  const story = {
    verdict: () => 'leak objects',
    hoursLeft: (hour: number) => 3 - hour,
    alive: (hour: number) => hour < 2,
  };
  expectFiring(seriesOf([story]), 0.9, ['HeapwatchLeak 41']);
  expectFiring(seriesOf([story]), 1.9, ['HeapwatchOutOfMemorySoon 41']);
  expectFiring(seriesOf([story]), 2.5, []);
});

fact('a cause that becomes another is another alert, and the first ends', () => {
  const story = { verdict: (hour: number) => (hour < 1 ? 'leak native' : 'leak objects') };
  expectFiring(seriesOf([story]), 2, ['HeapwatchLeak 41']);
});

fact('a verdict of one look is silent', () => {
  const verdict = (hour: number) => (hour === 1 ? 'leak objects' : 'healthy');
  fired({ verdict, hoursLeft: (hour) => (hour === 1 ? 1 : undefined) }, []);
});

fact('a shortage of a few minutes is silent', () => {
  fired({ verdict: (hour) => (hour > 1 && hour < 1.12 ? 'overflow burst' : 'healthy') }, []);
});

fact('an exporter that restarts neither ends an alert nor makes one', () => {
  const gap = (hour: number) => hour < 1 || hour > 1.2;
  const leaking = { verdict: () => 'leak objects', hoursLeft: () => 30, alive: gap };
  const healthy = { verdict: () => 'healthy', pid: '42', alive: gap };
  expectFiring(seriesOf([leaking, healthy]), 1.1, ['HeapwatchLeak 41']);
  expectFired(seriesOf([leaking, healthy]), 2, ['HeapwatchLeak 41']);
});

fact('a reading from before verdicts, or one that was lost, is no error', () => {
  fired({ verdict: (hour) => (hour < 1 ? undefined : 'healthy') }, []);
});

fact('two exporters that read one process are two alerts, not an error', () => {
  const leaking = { verdict: () => 'leak objects', hoursLeft: () => 1 };
  const twin = { ...leaking, labels: { instance: 'node-1:10149' } };
  expectFired(seriesOf([leaking, twin]), 1, ['HeapwatchOutOfMemorySoon 41 x2']);
});

fact('of two processes of a service the one that leaks is told', () => {
  const healthy = { verdict: () => 'healthy', pid: '42' };
  expectFired(seriesOf([{ verdict: () => 'leak objects' }, healthy]), 1, ['HeapwatchLeak 41']);
});

const honoured = { namespace: 'shop', pod: 'shop-0', container: 'app' };
const exported = {
  ...{ namespace: 'monitoring', pod: 'heapwatch-x2x', container: 'heapwatch' },
  ...{ exported_namespace: 'shop', exported_pod: 'shop-0', exported_container: 'app' },
};

for (const [how, labels] of [
  ['with honorLabels', honoured],
  ['without honorLabels', exported],
] as const) {
  fact(`${how} a page names the pod, the culprits, the time that is left and what to do`, () => {
    const story = {
      labels,
      verdict: () => 'leak objects',
      hoursLeft: () => 1.5,
      growth: 100 * MiB,
      suspects: ['shop.Order', 'say "hi" {{ $value }}', 'list'],
    };
    const { summary = '' } = alerts.find(({ name }) => name === 'HeapwatchOutOfMemorySoon') ?? {};
    expectSent(seriesOf([story]), 1, 'HeapwatchOutOfMemorySoon', {
      labels: {
        ...{ severity: 'critical', job: 'heapwatch', instance: 'node-1:10148' },
        ...{ service_name: 'shop.py', runtime: 'cpython', pid: '41', ...labels },
      },
      annotations: {
        summary,
        description:
          'shop.py (pid 41 in pod shop-0, seen by node-1:10148) runs out of memory within two hours. Made of, the most suspicious first: shop.Order, say "hi" {{ $value }}, list. It grows by 100MiB an hour, for 3h 0m 0s now. At this rate its nearest limit is met in 1h 30m 0s. First: 1. Save the evidence while the process lives: `heapwatch top 41 --growth 30s --json` on its machine. 2. Gain time: raise the limit, take load away, or restart the instances one after the other. 3. Then look for the cause as under HeapwatchLeak or HeapwatchBacklog.',
        runbook_url: 'docs/runbooks.md#heapwatchoutofmemorysoon',
      },
    });
  });
}
