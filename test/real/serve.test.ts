import { createServer } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { heapwatch, startServer } from './heapwatch.ts';
import { anyInterpreter } from './interpreters.ts';
import { testNeeding } from './needs.ts';
import { asOwnService, watchOwnService } from './own-service.ts';
import { startProgram, startProgramWith } from './program.ts';
import { canMakeUnknownPython, startWithUnknownPython } from './unknown-python.ts';
import { until } from './until.ts';

const python = anyInterpreter?.path ?? '/usr/bin/python3';

async function get(url: string): Promise<{ status: number; text: string }> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(10_000) });
  return { status: answer.status, text: await answer.text() };
}

test('serve finds a Python that starts later within 15 s, and its series vanish after it has ended', async () => {
  const server = await startServer(watchOwnService);
  await until('readiness', 60_000, async () => (await get(`${server.url}/readyz`)).status === 200 || undefined);
  expect((await get(`${server.url}/healthz`)).status).toBe(200);
  const program = await startProgramWith(asOwnService, python, 'healthy.py');
  const label = `pid="${program.pid}"`;
  const line = await until('its objects', 15_000, async () => {
    const { text } = await get(`${server.url}/metrics`);
    const lines = text.split('\n').filter((row) => row.startsWith('heapwatch_objects{') && row.includes(label));
    return lines.find((row) => row.includes('type="__main__.Order"'));
  });
  expect(Number(line.split(' ').at(-1))).toBeGreaterThanOrEqual(10_000);
  await program.end();
  await until('its series to vanish', 15_000, async () => {
    return !(await get(`${server.url}/metrics`)).text.includes(label) || undefined;
  });
  expect((await get(`${server.url}/metrics`)).text).toContain('heapwatch_build_info');
});

test('serve watches Node.js services, named by their script, and not itself', async () => {
  const program = await startProgram(process.execPath, 'v8-vitals.mjs');
  const server = await startServer(['--discovery.min-age=0s']);
  const text = await until('its heap', 60_000, async () => {
    const metrics = (await get(`${server.url}/metrics`)).text;
    return metrics.includes(`pid="${program.pid}"`) ? metrics : undefined;
  });
  const labels = new RegExp(`^heapwatch_heap_limit_bytes\\{(.*pid="${program.pid}".*)\\}`, 'm').exec(text)?.[1];
  expect(labels).toContain('service_name="node v8-vitals.mjs",runtime="nodejs"');
  expect(text).not.toContain(`pid="${server.pid}"`);
});

test('serve prints its address, what it found and what to paste into prometheus.yml', async () => {
  const program = await startProgramWith(asOwnService, python, 'healthy.py');
  const server = await startServer(watchOwnService);
  await server.lines.next(
    (line) => line.includes(String(program.pid)) && line.includes('cpython'),
    60_000,
    'the target',
  );
  const { host } = new URL(server.url);
  await server.lines.next((line) => line.includes('scrape_configs:'), 5_000, 'the lines for prometheus.yml');
  await server.lines.next((line) => line.includes(host) && line.includes('targets:'), 5_000, 'our address in them');
});

test('serve without a procfs says so, instead of having found nothing', async () => {
  const server = await startServer(['--path.procfs=/nonexistent']);
  const line = await server.lines.next((text) => text.includes('ook for processes'), 15_000, 'the reason');
  expect(line).toContain('no procfs at /nonexistent: check --path.procfs');
  await server.lines.next((text) => text.includes('scrape_configs:'), 5_000, 'the end of the report');
  expect(server.lines.seen.join('\n')).not.toContain('Found no process');
  expect((await get(`${server.url}/readyz`)).status).toBe(503);
  expect((await get(`${server.url}/metrics`)).text).not.toMatch(/^heapwatch_targets/m);
});

testNeeding('CPython 3.11 or newer', canMakeUnknownPython)(
  'serve says what it cannot read, why, and goes on',
  async () => {
    const unknown = await startWithUnknownPython('burn.py', asOwnService);
    const known = await startProgramWith(asOwnService, python, 'healthy.py');
    const server = await startServer(watchOwnService);
    await server.lines.next((line) => line.includes(String(known.pid)), 60_000, 'the target that can be read');
    const about = (line: string) => line.includes(String(unknown.pid)) && line.includes('3.99');
    expect(server.lines.seen.find(about) ?? (await server.lines.next(about, 5_000, 'the reason'))).toContain('3.15');
  },
);

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  test(`serve ends cleanly and fast on ${signal}`, async () => {
    const server = await startServer();
    const began = Date.now();
    expect(await server.stop(signal)).toBe(0);
    expect(Date.now() - began).toBeLessThan(3_000);
  });
}

test('a port that is taken is said so, exit 1', async () => {
  const holder = createServer();
  await new Promise<void>((resolve) => holder.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void holder.close());
  const { port } = holder.address() as { port: number };
  const run = await heapwatch(['serve', `--web.listen-address=127.0.0.1:${port}`], 20_000);
  expect(run.code).toBe(1);
  expect(run.stderr).toMatch(new RegExp(`127\\.0\\.0\\.1:${port}.*in use`));
  expect(run.stderr).not.toContain('    at ');
});

test('serve takes its settings from the environment', async () => {
  const server = await startServer([], { HEAPWATCH_WEB_TELEMETRY_PATH: '/heaps' });
  expect((await get(`${server.url}/heaps`)).text).toContain('heapwatch_build_info');
});
