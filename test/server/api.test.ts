import fastify from 'fastify';
import { expect, onTestFinished, test } from 'vitest';
import { openApiDocument } from '../../src/exporters/json/openapi.ts';
import { targetJson, targetsJson } from '../../src/exporters/json/target-json.ts';
import type { HistorySource, TargetHistory } from '../../src/model/history.ts';
import type { SnapshotSource } from '../../src/model/snapshot.ts';
import { type AppOptions, app } from '../../src/server/app.ts';
import { hostileNames, hostileTarget } from '../metrics/hostile-target.ts';
import { emptySnapshot, sampleSnapshot, sampleTarget, sourceOf } from '../metrics/sample-snapshot.ts';

const sampleHistory: TargetHistory = {
  readings: [
    { atSeconds: 1_700_000_090, residentBytes: 1, cpuSeconds: 0.5, threads: 1 },
    {
      atSeconds: 1_700_000_095,
      heapUsedBytes: 2,
      heapLiveBytes: 3,
      residentBytes: 4,
      workingSetBytes: 5,
      cpuSeconds: 6.5,
      fullCollections: 7,
      openFds: 8,
      threads: 9,
    },
  ],
  censuses: [{ atSeconds: 1_700_000_080, types: [{ type: 'tuple', count: 1, bytes: 2, trackedCount: 1 }] }],
};

const history: HistorySource = { history: ({ pid }) => (pid === 4711 ? sampleHistory : undefined) };

function startApp(source: SnapshotSource, options: Partial<AppOptions> = {}) {
  const server = fastify();
  server.register(app, { source, telemetryPath: '/metrics', version: '1.2.3', ...options });
  onTestFinished(() => server.close());
  return server;
}

test('the list of targets is the golden one', async () => {
  const answer = await startApp(sourceOf(sampleSnapshot())).inject('/api/v1/targets');
  expect(answer.statusCode).toBe(200);
  expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
  await expect(JSON.stringify(answer.json(), null, 2)).toMatchFileSnapshot('../golden/targets.json.txt');
});

test('a target with all that is known of it is the golden one', async () => {
  const answer = await startApp(sourceOf(sampleSnapshot()), { history }).inject('/api/v1/targets/4711-2500');
  expect(answer.statusCode).toBe(200);
  await expect(JSON.stringify(answer.json(), null, 2)).toMatchFileSnapshot('../golden/target.json.txt');
});

test('the schemas name everything that there is', async () => {
  const [target] = sampleSnapshot().targets;
  const full = sampleTarget({
    failure: { kind: 'busy', message: 'again' },
    censusFailure: { kind: 'denied', message: 'no' },
    vitals: {
      ...target!.vitals!,
      heap: {
        ...target!.vitals!.heap!,
        limitBytes: 100_000_000,
        initialBytes: 1,
        externalBytes: { direct: 5 },
        gc: [{ gc: 'major', collections: 1, pauseSeconds: 0.5, full: true }],
      },
    },
  });
  const snapshot = sampleSnapshot([
    { ...full, target: { ...full.target, container: { id: 'f', innerPid: 1, podUid: 'u', unit: 'a.service' } } },
  ]);
  const server = startApp(sourceOf(snapshot), { history });
  expect((await server.inject('/api/v1/targets')).json()).toEqual(targetsJson(snapshot));
  const all = targetJson(snapshot.targets[0]!, snapshot, sampleHistory);
  expect((await server.inject('/api/v1/targets/4711-2500')).json()).toEqual(all);
});

test('a target that cannot be read says why, and claims nothing', async () => {
  const { body } = await startApp(sourceOf(sampleSnapshot())).inject('/api/v1/targets/815-99');
  const { failure, vitals, census, history: past, types, up } = JSON.parse(body);
  expect({ failure, vitals, census, past, types, up }).toEqual({
    failure: { kind: 'denied', message: 'run heapwatch as the same user' },
    types: [],
    up: false,
  });
});

test('impossible numbers are left out', async () => {
  const { vitals } = sampleTarget();
  const broken = sampleTarget({ vitals: { ...vitals!, heap: { ...vitals!.heap!, usedBytes: Number.NaN } } });
  const answer = await startApp(sourceOf(sampleSnapshot([broken]))).inject('/api/v1/targets/4711-2500');
  expect(answer.statusCode).toBe(200);
  expect(answer.json().vitals.heap).not.toHaveProperty('used_bytes');
});

test('before the first look around there are no targets', async () => {
  const answer = await startApp(sourceOf(emptySnapshot)).inject('/api/v1/targets');
  expect(answer.json()).toMatchObject({ taken_at_seconds: 0, targets: [] });
});

test.each(['4711-2501', '4711', '1-1', '\0', '<script>', '4711-2500 ', '-'])('no target is called %s', async (id) => {
  const answer = await startApp(sourceOf(sampleSnapshot())).inject(`/api/v1/targets/${encodeURIComponent(id)}`);
  expect(answer.statusCode).toBe(404);
  expect(answer.headers['content-type']).toContain('application/json');
  expect(answer.json().message).toMatch(/^there is no target ".*": it has ended, or was never watched/);
});

test('hostile names survive JSON as they are', async () => {
  const answer = await startApp(sourceOf(sampleSnapshot([hostileTarget()]))).inject('/api/v1/targets/4711-2500');
  const names = answer.json().types.map(({ type }: { type: string }) => type);
  expect(names).toEqual(hostileNames);
  expect(Buffer.from(answer.rawPayload).toString('utf8')).toBe(answer.body);
});

test('hostile names are text on the page', async () => {
  for (const type of hostileNames.filter((name) => name.length < 1000)) {
    const target = sampleTarget({ exportedTypes: [{ type, count: 1, bytes: 1 }] });
    const { body } = await startApp(sourceOf(sampleSnapshot([target]))).inject('/');
    expect(body.match(/<li>(.*?) <small>/s)?.[1]).not.toMatch(/[<>"']/);
  }
});

test.each([
  ['auto', '127.0.0.1', 200],
  ['auto', '10.0.0.7', 403],
  ['on', '127.0.0.1', 200],
  ['on', '10.0.0.7', 200],
  ['off', '127.0.0.1', 403],
  ['off', '10.0.0.7', 403],
] as const)('with --web.api=%s, %s gets %d', async (api, remoteAddress, status) => {
  const server = startApp(sourceOf(sampleSnapshot()), { api });
  for (const url of ['/', '/api/v1/targets', '/api/v1/targets/4711-2500', '/api/v1/openapi.json']) {
    const answer = await server.inject({ url, remoteAddress });
    expect([url, answer.statusCode]).toEqual([url, status]);
    expect(answer.body.includes('4711')).toBe(status === 200);
    if (status === 403) expect(answer.body).toMatch(/web\.api=(off|on to answer everybody)/);
  }
  for (const url of ['/metrics', '/healthz', '/readyz']) {
    expect((await server.inject({ url, remoteAddress })).statusCode).toBe(200);
  }
});

test('a refusal of the API is JSON, and a page of the web that calls itself by our address is refused', async () => {
  const headers = { host: 'attacker.example:10148' };
  const answer = await startApp(sourceOf(sampleSnapshot())).inject({ url: '/api/v1/targets', headers });
  expect(answer.json()).toMatchObject({ statusCode: 403, error: 'Forbidden' });
});

test('answers are not kept, and not guessed at', async () => {
  const { headers } = await startApp(sourceOf(sampleSnapshot())).inject('/api/v1/targets');
  expect(headers).toMatchObject({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
  expect(headers).not.toHaveProperty('access-control-allow-origin');
});

test('the description names every route of the API and no other, with schemas that exist', async () => {
  const routes = new Set<string>();
  const server = fastify();
  server.addHook('onRoute', ({ url }) => void routes.add(url));
  server.register(app, { source: sourceOf(sampleSnapshot()), telemetryPath: '/metrics', version: '1.2.3' });
  onTestFinished(() => server.close());
  const document = (await server.inject('/api/v1/openapi.json')).json();
  expect(document).toEqual(JSON.parse(JSON.stringify(openApiDocument('1.2.3'))));
  const described = Object.keys(document.paths).map((path) => path.replace(/\{(\w+)\}/g, ':$1'));
  expect(described.sort()).toEqual([...routes].filter((url) => url.startsWith('/api/')).sort());
  const references = [...JSON.stringify(document).matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name);
  expect(references.length).toBeGreaterThan(3);
  expect(Object.keys(document.components.schemas)).toEqual(expect.arrayContaining(references));
});

test('the page links to the API and to each target', async () => {
  const { body } = await startApp(sourceOf(sampleSnapshot())).inject('/');
  expect(body).toContain('<a href="/api/v1/targets">');
  expect(body).toContain('<a href="/api/v1/targets/4711-2500">4711</a>');
});
