import fastify from 'fastify';
import { expect, onTestFinished, test } from 'vitest';
import type { SnapshotSource } from '../../src/model/snapshot.ts';
import { app } from '../../src/server/app.ts';
import { emptySnapshot, sampleSnapshot, sampleTarget, sourceOf } from '../metrics/sample-snapshot.ts';

function startApp(source: SnapshotSource, telemetryPath = '/metrics') {
  const server = fastify();
  server.register(app, { source, telemetryPath, version: '1.2.3' });
  onTestFinished(() => server.close());
  return server;
}

test('/metrics answers the text format with the types of the targets', async () => {
  const answer = await startApp(sourceOf(sampleSnapshot())).inject('/metrics');
  expect(answer.statusCode).toBe(200);
  expect(answer.headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
  expect(answer.body).toContain('pid="4711",type="tuple"} 400000\n');
  expect(answer.body).toMatch(/^process_cpu_seconds_total /m);
});

test('a scraper that prefers OpenMetrics gets it', async () => {
  const accept = 'application/openmetrics-text;version=1.0.0;q=0.6,text/plain;version=0.0.4;q=0.3,*/*;q=0.2';
  const answer = await startApp(sourceOf(sampleSnapshot())).inject({ url: '/metrics', headers: { accept } });
  expect(answer.headers['content-type']).toBe('application/openmetrics-text; version=1.0.0; charset=utf-8');
  expect(answer.headers.vary).toBe('accept');
  expect(answer.body.endsWith('\n# EOF\n')).toBe(true);
});

test('the telemetry path is a setting', async () => {
  const server = startApp(sourceOf(sampleSnapshot()), '/heap/metrics');
  expect((await server.inject('/heap/metrics')).statusCode).toBe(200);
  expect((await server.inject('/metrics')).statusCode).toBe(404);
});

test('names of client libraries are on a page beside /metrics, and only when they are asked for', async () => {
  const source = sourceOf(sampleSnapshot());
  const server = fastify().register(app, {
    ...{ source, telemetryPath: '/metrics', version: '1.2.3' },
    compat: ['client_python'],
  });
  onTestFinished(() => server.close());
  const answer = await server.inject('/metrics/compat');
  expect(answer.headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
  expect(answer.body).toMatch(
    /^process_cpu_seconds_total\{service_name="worker.py",runtime="cpython",pid="4711"\} 12.5$/m,
  );
  // On /metrics the name is that of our own process, as ever.
  expect((await server.inject('/metrics')).body).toMatch(/^process_cpu_seconds_total \d/m);
  expect((await startApp(source).inject('/metrics/compat')).statusCode).toBe(404);
});

test('/healthz answers at once, /readyz after the first snapshot', async () => {
  const source = sourceOf(emptySnapshot);
  const server = startApp(source);
  expect((await server.inject('/healthz')).statusCode).toBe(200);
  expect((await server.inject('/readyz')).statusCode).toBe(503);
  source.current = sampleSnapshot([]);
  expect((await server.inject('/readyz')).statusCode).toBe(200);
});

test('while looking for processes fails, neither readiness nor page nor API pretends to know', async () => {
  const discoveryFailure = { kind: 'unreadable', message: 'no procfs at /nonexistent: check it' } as const;
  const server = startApp(sourceOf({ ...sampleSnapshot([]), discoveryFailure }));
  const ready = await server.inject('/readyz');
  expect([ready.statusCode, ready.body]).toEqual([503, 'not ready: looking for processes fails, the log says why\n']);
  expect((await server.inject('/')).body).toContain(
    '<p>Looking for processes fails: no procfs at /nonexistent: check it.',
  );
  const json = (await server.inject('/api/v1/targets')).json();
  expect(json).toMatchObject({ targets: [], discovery_failure: discoveryFailure });
  expect(json).not.toHaveProperty('skipped');
});

test('the page shows targets and types, and their names stay text', async () => {
  const hostile = sampleTarget({}, { serviceName: '<script>alert(1)</script>', version: '3.11.7' });
  const { body } = await startApp(sourceOf(sampleSnapshot([hostile]))).inject('/');
  expect(body).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
  expect(body).not.toContain('<script');
  expect(body).toContain('shop.Größe\\&quot;\n');
  expect(body).toContain('cpython 3.11.7');
  expect(body).toContain('58.2 MiB');
  expect(body).toContain('tuple <small>400,000 · 24.4 MiB</small>');
});

test('the page says why a target cannot be read', async () => {
  const { body } = await startApp(sourceOf(sampleSnapshot())).inject('/');
  expect(body).toContain('<td class="problem">run heapwatch as the same user</td>');
});

test('the policy allows nothing but what comes from us, and no script or style stands in the page', async () => {
  const { body, headers } = await startApp(sourceOf(sampleSnapshot())).inject('/');
  expect(headers['content-security-policy']).toBe(
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
      "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  );
  expect(body).not.toMatch(/<style|style=|<script(?! type="module" src="\/assets\/)|\son\w+=/);
});

test.each([
  ['127.0.0.1', 'localhost:10148', 200],
  ['127.0.0.1', '127.0.0.1:10148', 200],
  ['::1', '[::1]:10148', 200],
  ['::ffff:127.0.0.1', 'localhost', 200],
  ['10.0.0.7', 'localhost:10148', 403],
  ['::ffff:10.0.0.7', '10.0.0.1:10148', 403],
  ['127.0.0.1', 'attacker.example:10148', 403],
  ['127.0.0.1', '127.0.0.1.attacker.example', 403],
])('the page asked for by %s as %s answers %d', async (remoteAddress, host, status) => {
  const answer = await startApp(sourceOf(sampleSnapshot())).inject({ url: '/', remoteAddress, headers: { host } });
  expect(answer.statusCode).toBe(status);
  expect(answer.body.includes('tuple')).toBe(status === 200);
  expect(answer.body.includes('kubectl port-forward')).toBe(status === 403);
});

test('the metrics answer everybody', async () => {
  const answer = await startApp(sourceOf(sampleSnapshot())).inject({ url: '/metrics', remoteAddress: '10.0.0.7' });
  expect(answer.statusCode).toBe(200);
});
