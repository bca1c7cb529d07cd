import { spawnSync } from 'node:child_process';
import { expect } from 'vitest';
import { startServer } from './heapwatch.ts';
import { anyInterpreter } from './interpreters.ts';
import { testNeeding } from './needs.ts';
import { startProgram } from './program.ts';
import { isInstalled, startPrometheus } from './prometheus.ts';
import { until } from './until.ts';

const python = anyInterpreter?.path ?? '/usr/bin/python3';

testNeeding('prometheus', isInstalled('prometheus'))(
  'a real Prometheus gets objects per type, and the series of an ended process are stale at the next scrape',
  async () => {
    const program = await startProgram(python, 'healthy.py');
    const server = await startServer(['--discovery.min-age=0s']);
    const prometheus = await startPrometheus(server.url);
    const ours = `pid="${program.pid}"`;
    const orders = await until('the orders', 30_000, async () => {
      const samples = await prometheus.query(`heapwatch_objects{${ours},type="__main__.Order"}`);
      return samples[0];
    });
    expect(orders.metric).toMatchObject({ runtime: 'cpython', pid: String(program.pid), job: 'heapwatch' });
    expect(Number(orders.value[1])).toBeGreaterThanOrEqual(10_000);
    expect(Number(orders.value[1])).toBeLessThan(10_500);
    expect((await prometheus.query('up'))[0]?.value[1]).toBe('1');
    expect((await prometheus.query(`heapwatch_objects{${ours}}`)).length).toBeGreaterThan(10);

    await program.end();
    await until(
      'the series to leave /metrics',
      15_000,
      async () => !(await metrics(server.url)).includes(ours) || undefined,
    );
    // Without a staleness marker an instant query would answer the old value for five minutes.
    await until('the series to be stale', 4_000, async () => {
      const samples = await prometheus.query(`{__name__=~"heapwatch_.+",${ours}}`);
      return samples.length === 0 || undefined;
    });
    expect((await prometheus.query('up'))[0]?.value[1]).toBe('1');
  },
);

testNeeding('promtool', isInstalled('promtool'))('promtool finds nothing to mend in /metrics', async () => {
  const program = await startProgram(python, 'healthy.py');
  const server = await startServer(['--discovery.min-age=0s']);
  const text = await until('a census', 30_000, async () => {
    const page = await metrics(server.url);
    return page.includes(`heapwatch_objects{`) && page.includes(`pid="${program.pid}"`) ? page : undefined;
  });
  const check = spawnSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8', timeout: 20_000 });
  // prom-client's own gauges, by names that dashboards know.
  const allowed =
    /^nodejs_active_(handles|requests|resources)_total non-counter metrics should not have "_total" suffix$/;
  const complaints = `${check.stdout}${check.stderr}`.split('\n').filter((line) => line !== '' && !allowed.test(line));
  expect(complaints).toEqual([]);
  expect(check.error).toBeUndefined();
});

async function metrics(url: string): Promise<string> {
  const answer = await fetch(`${url}/metrics`, { signal: AbortSignal.timeout(10_000) });
  expect(answer.status).toBe(200);
  return answer.text();
}
