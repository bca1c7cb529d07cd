import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { expect, onTestFinished, test, vi } from 'vitest';
import { createOtlpExport } from '../../../src/exporters/otlp/otlp-export.ts';
import { sampleSnapshot, sampleTarget } from '../../metrics/sample-snapshot.ts';
import { until } from '../../real/until.ts';

/** A receiver that answers as it is told and keeps what it got. */
async function startReceiver(answer: (response: ServerResponse) => void) {
  const requests: { url: string; headers: IncomingMessage['headers']; body: Buffer }[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      requests.push({ url: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks) });
      answer(response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { requests, server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

function startExport(url: string, snapshot = sampleSnapshot(), environment: Record<string, string> = {}) {
  const variables = { OTEL_EXPORTER_OTLP_ENDPOINT: url, OTEL_EXPORTER_OTLP_TIMEOUT: '60000', ...environment };
  for (const [name, text] of Object.entries(variables)) vi.stubEnv(name, text);
  const log: string[] = [];
  const logger = {
    info: (_fields: object, message: string) => void log.push(`info ${message}`),
    warn: (_fields: object, message: string) => void log.push(`warn ${message}`),
  };
  const settings = { intervalSeconds: 0.02, isDelta: false, remarks: [] };
  const build = { version: '1.2.3', nodeVersion: 'v20.0.0' };
  const otlp = createOtlpExport({ settings, build, logger, sharesHostName: () => true });
  vi.unstubAllEnvs();
  onTestFinished(() => otlp.close());
  const looks = vi.fn(() => snapshot);
  otlp.start({ latest: looks });
  return { otlp, log, looks };
}

/** ExportMetricsServiceRequest is a sequence of fields 1, each a ResourceMetrics with its length before it. */
function resourcesOf(body: Buffer): Buffer[] {
  const resources: Buffer[] = [];
  let at = 0;
  while (at < body.length) {
    expect(body[at++]).toBe(0x0a);
    let length = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = body[at++]!;
      length += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) break;
    }
    resources.push(body.subarray(at, at + length));
    at += length;
  }
  return resources;
}

const ok = (response: ServerResponse) => void response.writeHead(200).end();

test('one request carries a resource for heapwatch and one for each process', async () => {
  const { requests, url } = await startReceiver(ok);
  const { otlp, log } = startExport(url, sampleSnapshot(), {
    OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20abc',
    OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip',
  });
  const request = await until('a request', 10_000, () => requests[0]);
  expect(request.url).toBe('/v1/metrics');
  expect(request.headers).toMatchObject({
    'content-type': 'application/x-protobuf',
    'content-encoding': 'gzip',
    authorization: 'Bearer abc',
    'user-agent': expect.stringMatching(/^heapwatch\/1\.2\.3 /),
  });
  const resources = resourcesOf(gunzipSync(request.body)).map((bytes) => bytes.toString('latin1'));
  expect(resources).toHaveLength(3);
  expect(
    resources.map((text) => ['heapwatch.build.info', 'worker.py', 'batch'].findIndex((name) => text.includes(name))),
  ).toEqual([0, 1, 2]);
  await until('an export that is told of', 10_000, () => otlp.stats().durationSeconds);
  expect(otlp.stats().errors).toEqual({});
  expect(log).toEqual([`info OTLP goes to ${url}/v1/metrics`]);
});

test('many processes are several requests, each of about a megabyte', async () => {
  const { requests, url } = await startReceiver(ok);
  const targets = Array.from({ length: 150 }, (_, index) =>
    sampleTarget({}, { process: { pid: 1000 + index, startTicks: 1, procfsPath: '/proc' } }),
  );
  const { otlp } = startExport(url, sampleSnapshot(targets));
  await until('an export', 30_000, () => otlp.stats().durationSeconds);
  await otlp.close();
  const bodies = requests.map(({ body }) => body);
  expect(bodies.length).toBeGreaterThan(1);
  expect(Math.max(...bodies.map(({ length }) => length))).toBeLessThan(1.1 * 1024 * 1024);
  expect(bodies.flatMap(resourcesOf).length % 151).toBe(0);
});

test.each([
  ['refused', 'the receiver answered 401', (response: ServerResponse) => void response.writeHead(401).end('secret')],
  ['timeout', 'the receiver does not answer in time', () => undefined],
  ['unreachable', 'no connection (ECONNRESET)', (response: ServerResponse) => void response.socket?.destroy()],
  [
    'rejected',
    'the receiver rejected 7 data points',
    // ExportMetricsServiceResponse { partial_success { rejected_data_points: 7 } }
    (response: ServerResponse) => void response.writeHead(200).end(Buffer.from([0x0a, 0x02, 0x08, 0x07])),
  ],
])('a receiver by which exports are %s is counted each time and told once', async (reason, words, answer) => {
  const { requests, url } = await startReceiver(answer);
  // So short that the SDK does not try once more, which it would a second later.
  const timeout = { timeout: '200', unreachable: '700' }[reason] ?? '60000';
  const { otlp, log } = startExport(url, sampleSnapshot(), { OTEL_EXPORTER_OTLP_TIMEOUT: timeout });
  await until('two failures', 20_000, () => otlp.stats().errors[reason]! >= 2 || undefined);
  expect(Object.keys(otlp.stats().errors)).toEqual([reason]);
  expect(log.slice(1)).toEqual([`warn exporting by OTLP to ${url}/v1/metrics failed: ${words}`]);
  expect(requests.length).toBeGreaterThanOrEqual(2);
});

test('when the receiver is there again, that is told', async () => {
  let isWell = false;
  const { url } = await startReceiver((response) => void response.writeHead(isWell ? 200 : 400).end());
  const { log } = startExport(url);
  await until('a failure', 10_000, () => log[1]);
  isWell = true;
  expect(await until('the end of it', 10_000, () => log[2])).toBe(
    `info exporting by OTLP to ${url}/v1/metrics works again`,
  );
});

test('the end waits for a last export, and for no receiver longer than three seconds', async () => {
  const well = await startReceiver(ok);
  const first = startExport(well.url);
  await first.otlp.close();
  expect(well.requests.length).toBeGreaterThanOrEqual(1);
  // One look for each export, which is one request here: all resources of it are of one moment.
  expect(first.looks).toHaveBeenCalledTimes(well.requests.length);

  const hanging = await startReceiver(() => undefined);
  const { otlp } = startExport(hanging.url);
  await until('a request', 10_000, () => hanging.requests[0]);
  const beganAt = performance.now();
  await otlp.close();
  expect(performance.now() - beganAt).toBeLessThan(20_000);
  // Nothing of it keeps the process alive: what was being sent is given up, and tried no more.
  await until('the connection to end', 10_000, async () => (await connectionsOf(hanging.server)) === 0 || undefined);
});

function connectionsOf(server: { getConnections(done: (error: Error | null, count: number) => void): void }) {
  return new Promise<number>((resolve) => server.getConnections((_error, count) => resolve(count)));
}
