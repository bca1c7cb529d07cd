import fastify from 'fastify';
import { expect, onTestFinished, test } from 'vitest';
import { app } from '../../src/server/app.ts';
import { recordTree } from '../linux/recorded-tree.ts';
import { sampleSnapshot, sourceOf } from '../metrics/sample-snapshot.ts';

function startApp(assetsFolder: string) {
  const server = fastify();
  server.register(app, {
    source: sourceOf(sampleSnapshot()),
    telemetryPath: '/metrics',
    version: '1.2.3',
    assetsFolder,
  });
  onTestFinished(() => server.close());
  return server;
}

test('the page names what was built, by its content, and it may be kept for ever', async () => {
  const tree = recordTree({ 'page.js': 'first', 'page.css': 'b', 'icon.svg': '<svg/>', 'page.js.map': 'no' });
  const address = async () =>
    /src="(\/assets\/\w+\/page\.js)"/.exec((await startApp(tree.path).inject('/')).body)?.[1] ?? '';
  const first = await address();
  const answer = await startApp(tree.path).inject(first);
  expect([answer.statusCode, answer.body]).toEqual([200, 'first']);
  expect(answer.headers).toMatchObject({
    'content-type': 'text/javascript; charset=utf-8',
    'cache-control': 'public, max-age=31536000, immutable',
    'x-content-type-options': 'nosniff',
  });
  tree.write({ 'page.js': 'second' });
  expect(await address()).not.toBe(first);
  expect((await startApp(tree.path).inject(first)).statusCode).toBe(404);
});

test('without a build the page is there, without script', async () => {
  const { statusCode, body } = await startApp('/nonexistent').inject('/');
  expect([statusCode, body.includes('<script'), body.includes('tuple')]).toEqual([200, false, true]);
});

test('assets are refused to those whom the page is refused', async () => {
  const tree = recordTree({ 'page.js': 'first' });
  const server = startApp(tree.path);
  const address = /src="([^"]+)"/.exec((await server.inject('/')).body)?.[1] ?? '';
  for (const url of [address, '/api/v1/events']) {
    const answer = await server.inject({ url, remoteAddress: '10.0.0.7' });
    expect([answer.statusCode, answer.body.includes('--web.api=on')]).toEqual([403, true]);
  }
});
