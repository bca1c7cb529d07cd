import fastify from 'fastify';
import { expect, onTestFinished, test, vi } from 'vitest';
import { noWebConfig, type WebConfig } from '../../../src/config/web-config/web-config.ts';
import { app } from '../../../src/server/app.ts';
import { sampleSnapshot, sourceOf } from '../../metrics/sample-snapshot.ts';

/** Whose password is its name is let in ; `many` has tried too often. */
const authenticator = {
  authenticate: async ({ user, password }: { user: string; password: string }) =>
    user === 'many' ? ('later' as const) : user === password ? ('right' as const) : ('wrong' as const),
};

function startApp(config: Partial<WebConfig>, state?: () => { isCurrent: boolean; loadedAtSeconds: number }) {
  const server = fastify();
  const web = { config: () => ({ ...noWebConfig, ...config }), authenticator, ...(state && { state }) };
  server.register(app, { source: sourceOf(sampleSnapshot()), telemetryPath: '/metrics', version: '1.2.3', web });
  onTestFinished(() => server.close());
  return server;
}

const users = new Map([['alice', 'a hash']]);
const authorization = (user: string, password: string) => ({
  authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
});

test.each([
  '/',
  '/metrics',
  '/api/v1/targets',
  '/api/v1/targets/4711-2500',
  '/api/v1/events',
  '/api/v1/incidents',
  '/api/v1/openapi.json',
  '/no/such/page',
  '/healthz/../metrics',
  '//metrics',
])('%s answers nobody without the password, also not on the machine itself', async (url) => {
  const server = startApp({ users });
  for (const headers of [
    {},
    authorization('alice', 'wrong'),
    authorization('bob', 'x'),
    { authorization: 'Basic !' },
  ]) {
    for (const method of ['GET', 'HEAD', 'POST'] as const) {
      const answer = await server.inject({ url, method, headers });
      expect(answer.statusCode).toBe(401);
      expect(answer.headers['www-authenticate']).toBe('Basic realm="heapwatch", charset="UTF-8"');
      expect(answer.body).not.toContain('tuple');
    }
  }
});

test('with the password everything answers, from elsewhere too', async () => {
  const server = startApp({ users });
  const headers = { ...authorization('alice', 'alice'), host: 'heapwatch.example' };
  for (const url of ['/', '/metrics', '/api/v1/targets', '/api/v1/incidents']) {
    expect((await server.inject({ url, headers, remoteAddress: '10.0.0.7' })).statusCode).toBe(200);
  }
  expect((await server.inject({ url: '/nope', headers })).statusCode).toBe(404);
});

test('a client certificate that is required and verified opens the page as a password does, any other does not', async () => {
  for (const [clientAuth, status] of [
    ['RequireAndVerifyClientCert', 200],
    ['RequireAnyClientCert', 403],
    ['VerifyClientCertIfGiven', 403],
  ] as const) {
    const server = startApp({ tls: { clientAuth, context: {}, allowedSans: [] } });
    expect((await server.inject({ url: '/', remoteAddress: '10.0.0.7' })).statusCode).toBe(status);
  }
});

test('health answers without a password, which a kubelet does not have, and says one word', async () => {
  const server = startApp({ users });
  for (const [url, word] of [
    ['/healthz', 'ok\n'],
    ['/readyz', 'ready\n'],
  ] as const) {
    const answer = await server.inject({ url, remoteAddress: '10.0.0.7' });
    expect([answer.statusCode, answer.body]).toEqual([200, word]);
  }
});

test('who has tried too many passwords is told to wait', async () => {
  const answer = await startApp({ users }).inject({ url: '/metrics', headers: authorization('many', 'x') });
  expect([answer.statusCode, answer.headers['retry-after']]).toEqual([429, '2']);
});

test('every answer tells browsers to be careful, refusals and what is not there too', async () => {
  const server = startApp({});
  for (const url of ['/', '/metrics', '/healthz', '/api/v1/targets', '/api/v1/targets/none', '/nope']) {
    const { headers } = await server.inject({ url, remoteAddress: url === '/' ? '10.0.0.7' : '127.0.0.1' });
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'deny',
      'referrer-policy': 'no-referrer',
      'cross-origin-resource-policy': 'same-origin',
      'content-security-policy': expect.stringContaining("frame-ancestors 'none'"),
    });
    expect(headers).not.toHaveProperty('strict-transport-security');
  }
});

test('headers of the configuration are sent, Strict-Transport-Security with TLS only', async () => {
  const headers = { 'Strict-Transport-Security': 'max-age=60', 'X-Frame-Options': 'sameorigin' };
  const plain = await startApp({ headers }).inject('/metrics');
  expect(plain.headers['x-frame-options']).toBe('sameorigin');
  expect(plain.headers).not.toHaveProperty('strict-transport-security');
  const tls = { clientAuth: 'NoClientCert', context: {}, allowedSans: [] } as const;
  expect((await startApp({ headers, tls }).inject('/metrics')).headers['strict-transport-security']).toBe('max-age=60');
});

test('rate_limit is a bucket for all clients together, health left out', async () => {
  const server = startApp({ rateLimit: { intervalSeconds: 3600, burst: 2 } });
  const statuses: number[] = [];
  for (const remoteAddress of ['10.0.0.1', '10.0.0.2', '10.0.0.3']) {
    statuses.push((await server.inject({ url: '/metrics', remoteAddress })).statusCode);
  }
  expect(statuses).toEqual([200, 200, 429]);
  expect((await server.inject('/healthz')).statusCode).toBe(200);
});

test('a client that keeps us busy is told to wait, the others are not', async () => {
  let nowMs = 1_000_000;
  vi.spyOn(performance, 'now').mockImplementation(() => nowMs);
  onTestFinished(() => void vi.restoreAllMocks());
  const dear = sourceOf(sampleSnapshot());
  const costly = fastify();
  costly.register(app, {
    source: {
      latest: () => {
        nowMs += 100; // each reading of the snapshot, of which a page has dozens
        return dear.current;
      },
    },
    telemetryPath: '/metrics',
    version: '1.2.3',
  });
  onTestFinished(() => costly.close());
  const ask = async (remoteAddress: string) => {
    const { statusCode, headers } = await costly.inject({ url: '/metrics', remoteAddress });
    return [statusCode, Number(headers['retry-after'] ?? 0)];
  };
  const answers: (number | undefined)[][] = [];
  while (answers.at(-1)?.[0] !== 429 && answers.length < 20) answers.push(await ask('10.0.0.7'));
  expect(answers.length).toBeGreaterThan(1);
  expect(answers.length).toBeLessThan(10);
  expect(await ask('10.0.0.8')).toEqual([200, 0]);
  nowMs += 1000 * (answers.at(-1)?.[1] ?? 0);
  expect(await ask('10.0.0.7')).toEqual([200, 0]);
});

test('that heapwatch itself was stopped in between is not held against a client', async () => {
  let nowMs = 1_000_000;
  vi.spyOn(performance, 'now').mockImplementation(() => nowMs);
  onTestFinished(() => void vi.restoreAllMocks());
  const server = startApp({}, () => {
    nowMs += 3_600_000;
    return { isCurrent: true, loadedAtSeconds: 0 };
  });
  for (const _ of [1, 2, 3]) expect((await server.inject('/metrics')).statusCode).toBe(200);
});

test('/metrics tells whether the web configuration is that of the file', async () => {
  const page = async (isCurrent: boolean) =>
    (await startApp({}, () => ({ isCurrent, loadedAtSeconds: 1700000000 })).inject('/metrics')).body;
  expect(await page(true)).toMatch(/^heapwatch_web_config_last_reload_successful 1$/m);
  expect(await page(false)).toMatch(/^heapwatch_web_config_last_reload_successful 0$/m);
  expect(await page(false)).toMatch(/^heapwatch_web_config_last_reload_success_timestamp_seconds 1700000000$/m);
  expect((await startApp({}).inject('/metrics')).body).not.toMatch(/^heapwatch_web_config/m);
});
