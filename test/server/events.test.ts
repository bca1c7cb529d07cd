import { get, type IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import fastify from 'fastify';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { HistoryReading, HistorySource } from '../../src/model/history.ts';
import type { SnapshotSource } from '../../src/model/snapshot.ts';
import { eventsRoute } from '../../src/server/routes/events.ts';
import { sampleSnapshot, sampleTarget, sourceOf } from '../metrics/sample-snapshot.ts';
import { until } from '../real/until.ts';

interface Event {
  readonly name: string;
  // biome-ignore lint/suspicious/noExplicitAny: what tests look into
  readonly data: any;
}

async function startEvents(source: SnapshotSource, history?: HistorySource): Promise<number> {
  const server = fastify({ forceCloseConnections: true });
  server.register(eventsRoute, { source, lookEverySeconds: 0.01, ...(history && { history }) });
  onTestFinished(() => server.close());
  return Number(new URL(await server.listen({ port: 0, host: '127.0.0.1' })).port);
}

/** Reads the stream; what has come so far is in `events`. */
async function listen(port: number): Promise<{ answer: IncomingMessage; events: Event[] }> {
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    get({ port, host: '127.0.0.1', path: '/api/v1/events', agent: false }, resolve).on('error', reject);
  });
  onTestFinished(() => void answer.destroy());
  const events: Event[] = [];
  let text = '';
  answer.setEncoding('utf8').on('data', (chunk) => {
    text += chunk;
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const [, name = '', data = ''] = /^event: (\w+)\ndata: (.*)$/.exec(text.slice(0, end)) ?? [];
      if (name !== '') events.push({ name, data: JSON.parse(data) });
      text = text.slice(end + 2);
    }
  });
  answer.on('error', () => undefined);
  return { answer, events };
}

test('a page is told the past and the present at once, and then what is new', async () => {
  const source = sourceOf(sampleSnapshot());
  const { answer, events } = await listen(await startEvents(source));
  expect(answer.headers).toMatchObject({ 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  await until('two events', 10_000, () => events.length === 2);
  expect(events.map(({ name }) => name)).toEqual(['trends', 'targets']);
  expect(events[1]?.data.targets[0]).toMatchObject({
    id: '4711-2500',
    verdict: 'leak',
    suspects: ['tuple', 'not.exported', 'str'],
  });
  source.current = sampleSnapshot([]);
  await until('the news', 10_000, () => events.length === 3);
  expect(events[2]).toMatchObject({ name: 'targets', data: { targets: [] } });
});

test('the past is an hour in sixty points, the last among them', async () => {
  const now = sampleSnapshot().takenAtSeconds;
  const readings: HistoryReading[] = Array.from({ length: 500 }, (_, index) => ({
    atSeconds: now - 4990 + index * 10,
    residentBytes: 1000,
    ...(index > 300 && { heapUsedBytes: index }),
    cpuSeconds: 1,
  }));
  const history = { history: ({ pid }: { pid: number }) => (pid === 4711 ? { readings, censuses: [] } : undefined) };
  const { events } = await listen(await startEvents(sourceOf(sampleSnapshot()), history));
  await until('the past', 10_000, () => events.length > 0);
  const { '4711-2500': trend, '815-99': none } = events[0]!.data;
  expect(trend).toHaveLength(60);
  expect(trend[0][0]).toBeGreaterThan(now - 3600);
  expect(trend[0][1]).toBe(1000);
  expect(trend.at(-1)).toEqual([now, 499]);
  expect(none).toEqual([]);
});

test('while nobody listens nobody looks', async () => {
  const source = { latest: vi.fn(() => sampleSnapshot()) };
  const port = await startEvents(source);
  expect(source.latest).not.toHaveBeenCalled();
  const { answer } = await listen(port);
  await until('looks', 10_000, () => source.latest.mock.calls.length > 4);
  const closed = new Promise((resolve) => answer.once('close', resolve));
  answer.destroy();
  await closed;
  // They come every 10 ms, and we ask every 50 ms.
  let before = -1;
  await until('the looks to end', 10_000, () => {
    const isOver = before === source.latest.mock.calls.length;
    before = source.latest.mock.calls.length;
    return isOver;
  });
});

test('of 201 clients the last is refused with the reason, and is welcome when another has gone', async () => {
  const port = await startEvents(sourceOf(sampleSnapshot()));
  const clients = await Promise.all(Array.from({ length: 200 }, () => listen(port)));
  const refused = await listen(port);
  expect(refused.answer.statusCode).toBe(503);
  expect(clients.every(({ answer }) => answer.statusCode === 200)).toBe(true);
  clients[7]!.answer.destroy();
  await until('room', 10_000, async () => (await listen(port)).answer.statusCode === 200);
});

test('a snapshot is written down once for all clients, and not at all when it is the same', async () => {
  let count = 0;
  const counter = () => {
    count++;
    return [];
  };
  const counted = () => {
    const target = sampleTarget();
    Object.defineProperty(target, 'exportedTypes', { enumerable: true, get: counter });
    return sampleSnapshot([target]);
  };
  const source = sourceOf(counted());
  const port = await startEvents(source);
  const clients = await Promise.all(Array.from({ length: 50 }, () => listen(port)));
  await until('all to know', 10_000, () => clients.every(({ events }) => events.length === 2));
  const once = count;
  source.current = counted();
  await until('the news', 10_000, () => clients.every(({ events }) => events.length === 3));
  expect(count).toBe(2 * once);
});

/** Asks for the stream, and reads no more when it begins. */
async function deaf(port: number): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1' });
  onTestFinished(() => void socket.destroy());
  await new Promise<void>((resolve) => socket.once('connect', resolve));
  socket.write('GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\n\r\n');
  await new Promise((resolve) => socket.once('data', resolve));
  return socket.pause();
}

test('a client that never reads gets no more than fits, and the others go on', async () => {
  const types = Array.from({ length: 3 }, (_, index) => ({ type: 'x'.repeat(1_000_000) + index, count: 1, bytes: 1 }));
  const big = () => sampleSnapshot([sampleTarget({ exportedTypes: types })]);
  const source = sourceOf(big());
  const port = await startEvents(source);
  const sockets = await Promise.all([deaf(port), deaf(port)]);
  const { events } = await listen(port);
  for (let turn = 2; turn < 12; turn++) {
    await until(`event ${turn}`, 20_000, () => events.length >= turn);
    source.current = big();
  }
  // Thirty megabytes were told; a socket takes some, and what exceeds it is one event of three.
  for (const socket of sockets) {
    socket.resume();
    let bytes = 0;
    socket.on('data', (chunk) => (bytes += chunk.length));
    await until('what it was sent', 10_000, () => bytes > 3_000_000);
    expect(bytes).toBeLessThan(15_000_000);
  }
});

test('a client that has not read for long is dropped', async () => {
  const types = [{ type: 'x'.repeat(30_000_000), count: 1, bytes: 1 }];
  const source = sourceOf(sampleSnapshot([sampleTarget({ exportedTypes: types })]));
  const server = fastify({ forceCloseConnections: true });
  server.register(eventsRoute, { source, lookEverySeconds: 0.01, stuckSeconds: 0.2 });
  onTestFinished(() => server.close());
  const port = Number(new URL(await server.listen({ port: 0, host: '127.0.0.1' })).port);
  const connections = () =>
    new Promise<number>((resolve) => server.server.getConnections((_error, count) => resolve(count)));
  await deaf(port);
  await until('its connection', 10_000, async () => (await connections()) === 1);
  await until('its end', 20_000, async () => {
    source.current = sampleSnapshot([]);
    return (await connections()) === 0;
  });
});
