/** What the shipped rules cost a Prometheus that sees ten thousand processes: the figure of docs/alerts.md. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { rules } from '../../src/dashboards/alerts/rules.ts';
import { isInstalled, startPrometheus } from '../real/prometheus.ts';
import { until } from '../real/until.ts';

const PROCESSES = 10_000;
const PROCESSES_OF_A_SERVICE = 10;
/** One in a hundred is ill. */
const HEALTHY = 99;
const INTERVAL = '15s';

const verdicts = ['warming_up,', 'healthy,', 'leak,objects', 'leak,native', 'leak,uncollectable', 'backlog,'].concat(
  'overflow,undersized',
  'overflow,burst',
);

/** All that the rules read of a process, as /metrics shows it. */
function seriesOf(index: number): string[] {
  const own = `service_name="service-${Math.floor(index / PROCESSES_OF_A_SERVICE)}",namespace="shop",runtime="jvm",pid="${index}"`;
  const isIll = index % 100 >= HEALTHY;
  const line = (name: string, value: number, labels = '') => `heapwatch_${name}{${own}${labels}} ${value}`;
  return [
    ...verdicts.map((state) => {
      const [verdict, cause] = state.split(',');
      const value = Number(state === (isIll ? 'leak,objects' : 'healthy,'));
      return line('verdict', value, `,verdict="${verdict}",cause="${cause}"`);
    }),
    ...(isIll ? [line('oom_eta_seconds', 40_000), line('growth_bytes_per_second', 5000)] : []),
    ...(isIll ? [1, 2, 3].map((rank) => line('suspect_rank', rank, `,type="Type${rank}"`)) : []),
    ...['heap', 'cgroup', 'node'].flatMap((limit) => [
      line('memory_limit_bytes', 1e9, `,limit="${limit}"`),
      line('memory_limit_used_ratio', 0.5, `,limit="${limit}"`),
    ]),
    line('process_anonymous_memory_bytes', 4e8),
    line('heap_committed_bytes', 4e8),
    line('target_up', 1),
    ...['young', 'old', 'concurrent'].flatMap((gc) => [
      line('gc_collections_total', 10, `,gc="${gc}"`),
      line('gc_pause_seconds_total', 10, `,gc="${gc}"`),
    ]),
    ...['ok', 'refused', 'failed', 'skipped_budget', 'skipped_swap'].map((result) =>
      line('census_total', 10, `,result="${result}"`),
    ),
  ];
}

test.skipIf(!isInstalled('prometheus'))('the rules over ten thousand processes', { timeout: 600_000 }, async () => {
  const lines = Array.from({ length: PROCESSES }, (_, index) => seriesOf(index)).flat();
  const page = `${lines.join('\n')}\n`;
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'text/plain; version=0.0.4');
    response.end(page);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close().closeAllConnections());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const alerting = { rules: [rules()], alertmanager: '127.0.0.1:9' };
  const prometheus = await startPrometheus(url, alerting, INTERVAL);
  const recorded = 'count({__name__=~"namespace_service_name.*"})';
  // The last to be recorded.
  const last = 'namespace_service_name_verdict:heapwatch_verdict:sum';
  await until('recorded series', 300_000, async () => (await prometheus.query(last)).length > 0 || undefined);
  const count = (await prometheus.query(recorded))[0]?.value[1];
  process.stdout.write(`${lines.length} series read of ${PROCESSES} processes, ${count} recorded\n`);
  const self = await prometheus.ruleSeconds();
  for (const [group, seconds] of Object.entries(self)) process.stdout.write(`${group}: ${seconds.toFixed(3)} s\n`);
  expect(Object.values(self).reduce((sum, seconds) => sum + seconds, 0)).toBeLessThan(60);
});
