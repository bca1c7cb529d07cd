import { readFileSync } from 'node:fs';
import { request as plainRequest } from 'node:http';
import { type RequestOptions, request } from 'node:https';
import { connect, type Socket } from 'node:net';
import { connect as connectTls, type SecureContextOptions } from 'node:tls';
import fastify from 'fastify';
import { expect, onTestFinished, test } from 'vitest';
import { type ClientAuthType, noWebConfig, type WebConfig } from '../../../src/config/web-config/web-config.ts';
import { createWebListeners } from '../../../src/server/listening/web-listeners.ts';
import { type Certificates, makeCertificates, testWithCertificates } from '../../config/web-config/certificates.ts';
import { until } from '../../real/until.ts';

const patienceMs = {
  headersTimeout: 300,
  requestTimeout: 600,
  connectionsCheckingInterval: 50,
  handshakeTimeout: 300,
  keepAliveTimeout: 300,
  stuckTimeout: 300,
};

async function start(config: WebConfig, patience?: typeof patienceMs) {
  const refused: string[] = [];
  const listeners = createWebListeners(
    config,
    (address, reason) => void refused.push(`${address}: ${reason}`),
    patience,
  );
  const server = fastify({ ...listeners.options, forceCloseConnections: true });
  server.get('/', () => 'hello');
  server.get('/large', () => Buffer.alloc(64 * 1024 * 1024));
  server.post('/', () => 'hello');
  onTestFinished(() => server.close());
  const { port } = new URL(await server.listen({ host: '127.0.0.1', port: 0 }));
  return { port: Number(port), listeners, server, refused };
}

function ask(port: number, options: RequestOptions = {}, ask = request): Promise<{ status?: number; body: string }> {
  return new Promise((resolve, reject) => {
    const asked = ask({ port, host: '127.0.0.1', agent: false, ...options }, (answer) => {
      let body = '';
      answer.on('data', (chunk) => (body += chunk));
      answer.on('end', () => resolve({ ...(answer.statusCode && { status: answer.statusCode }), body }));
      answer.on('error', reject);
    });
    asked.on('error', reject);
    asked.end();
  });
}

const askPlain = (port: number) => ask(port, {}, plainRequest);
const pem = (path: string) => readFileSync(path, 'utf8');

function tlsOf({ ca, issue }: Certificates, clientAuth: ClientAuthType, allowedSans: string[] = []): WebConfig {
  const { cert, key } = issue('server', 'IP:127.0.0.1');
  return { ...noWebConfig, tls: { clientAuth, allowedSans, context: { cert: pem(cert), key: pem(key), ca: pem(ca) } } };
}

testWithCertificates('who is let in depends on its certificate as Go programs have it', async () => {
  const ours = makeCertificates();
  const others = makeCertificates();
  const pair = ({ cert, key }: { cert: string; key: string }) => ({ cert: pem(cert), key: pem(key) });
  const clients = {
    none: {},
    right: pair(ours.issue('right', 'DNS:prometheus')),
    elsewhere: pair(ours.issue('elsewhere', 'DNS:other, IP:::1')),
    forged: pair(others.issue('forged', 'DNS:prometheus')),
  };
  const everybody = ['none', 'right', 'elsewhere', 'forged'];
  const expected: [ClientAuthType, string[], string[]][] = [
    ['NoClientCert', [], everybody],
    ['RequestClientCert', [], everybody],
    ['RequireAnyClientCert', [], ['right', 'elsewhere', 'forged']],
    ['RequireAnyClientCert', ['prometheus'], ['right', 'forged']],
    ['VerifyClientCertIfGiven', [], ['none', 'right', 'elsewhere']],
    ['RequireAndVerifyClientCert', [], ['right', 'elsewhere']],
    ['RequireAndVerifyClientCert', ['prometheus'], ['right']],
    ['RequireAndVerifyClientCert', ['::1', 'nobody'], ['elsewhere']],
  ];
  for (const [type, sans, admitted] of expected) {
    const { port, refused } = await start(tlsOf(ours, type, sans));
    const outcomes = await Promise.allSettled(
      Object.values(clients).map((client) => ask(port, { ca: pem(ours.ca), ...client })),
    );
    const names = everybody.filter((_, index) => outcomes[index]?.status === 'fulfilled');
    expect([type, sans, names]).toEqual([type, sans, admitted]);
    // With a reason for the log, but where Node.js itself does not like a certificate: it says nothing.
    const silent = type === 'RequireAndVerifyClientCert' ? 1 : 0;
    expect(refused.filter((text) => /^127\.0\.0\.1: .{10}/.test(text))).toHaveLength(4 - admitted.length - silent);
  }
});

testWithCertificates(
  'a new certificate, and new demands on clients, hold at once; who was connected has to come again',
  async () => {
    const ours = makeCertificates();
    const before = tlsOf(ours, 'RequireAndVerifyClientCert');
    const { port, listeners } = await start(before);
    const client = ours.issue('client', 'DNS:prometheus');
    const identity: SecureContextOptions = { ca: pem(ours.ca), cert: pem(client.cert), key: pem(client.key) };
    const open = connectTls({ port, host: '127.0.0.1', ...identity });
    onTestFinished(() => void open.destroy());
    // As Prometheus does: a connection that stays for the next scrape.
    open.write('GET / HTTP/1.1\r\nhost: a\r\n\r\n');
    await new Promise((resolve) => open.once('data', resolve));
    const serial = () =>
      new Promise<string>((resolve, reject) => {
        const socket = connectTls({ port, host: '127.0.0.1', ...identity }, () => {
          resolve(socket.getPeerCertificate().serialNumber);
          socket.destroy();
        });
        socket.on('error', reject);
      });
    const first = await serial();

    const renewed = tlsOf(ours, 'RequireAndVerifyClientCert');
    listeners.adopt(renewed);
    expect(await serial()).not.toBe(first);
    expect(open.destroyed).toBe(false);

    const closed = new Promise((resolve) => open.once('close', resolve));
    open.on('error', () => undefined).resume();
    listeners.adopt({ ...renewed, tls: { ...renewed.tls!, allowedSans: ['somebody.else'] } });
    await closed;
    await expect(ask(port, identity)).rejects.toThrow();
  },
);

testWithCertificates('versions and ciphers are those of the configuration', async () => {
  const ours = makeCertificates();
  const config = tlsOf(ours, 'NoClientCert');
  const { context } = config.tls!;
  const ciphers = 'ECDHE-ECDSA-AES256-GCM-SHA384';
  const { port } = await start({
    ...config,
    tls: { ...config.tls!, context: { ...context, ciphers, maxVersion: 'TLSv1.2' } },
  });
  const handshake = (options: SecureContextOptions) =>
    new Promise<string>((resolve, reject) => {
      const socket = connectTls({ port, host: '127.0.0.1', ca: pem(ours.ca), ...options }, () => {
        resolve(`${socket.getProtocol()} ${socket.getCipher().name}`);
        socket.destroy();
      });
      socket.on('error', reject);
    });
  expect(await handshake({})).toBe(`TLSv1.2 ${ciphers}`);
  await expect(handshake({ minVersion: 'TLSv1.3' })).rejects.toThrow();
  await expect(handshake({ ciphers: 'ECDHE-ECDSA-AES128-GCM-SHA256' })).rejects.toThrow();
});

/** What a raw connection gets until the server ends it. */
async function converse(port: number, begin: (socket: Socket) => void): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  let text = '';
  socket.on('data', (chunk) => (text += chunk)).on('error', () => undefined);
  const closed = new Promise((resolve) => socket.once('close', resolve));
  begin(socket);
  await closed;
  return text;
}

test('who says nothing, or says it slowly, is disconnected; others are answered meanwhile', async () => {
  const { port } = await start(noWebConfig, patienceMs);
  const drip = (socket: Socket) => {
    socket.write('GET / HTTP/1.1\r\nhost: a\r\n');
    const timer = setInterval(() => socket.write('x: y\r\n'), 50);
    socket.once('close', () => clearInterval(timer));
  };
  const slow = [
    converse(port, () => undefined),
    converse(port, drip),
    converse(port, (socket) => void socket.write('GET')),
  ];
  expect((await askPlain(port)).body).toBe('hello');
  for (const text of await Promise.all(slow)) expect(text).toMatch(/^(HTTP\/1.1 408|$)/);
});

testWithCertificates('a handshake that never ends is given up', async () => {
  const { port } = await start(tlsOf(makeCertificates(), 'NoClientCert'), patienceMs);
  expect(await converse(port, () => undefined)).toBe('');
});

test('who asks for a large answer and does not read it is disconnected', async () => {
  const { port, server } = await start(noWebConfig, patienceMs);
  const socket = connect(port, '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  socket.pause().on('error', () => undefined);
  socket.write('GET /large HTTP/1.1\r\nhost: a\r\n\r\n');
  const count = () => new Promise<number>((resolve) => server.server.getConnections((_, value) => resolve(value)));
  await until('the connection', 10_000, async () => (await count()) === 1);
  await until('its end', 30_000, async () => (await count()) === 0);
});

test('heads and bodies that are too large are refused', async () => {
  const { port } = await start(noWebConfig);
  const head = 'HTTP/1.1\r\nhost: a\r\nconnection: close\r\n';
  const say = (text: string) => converse(port, (socket) => void socket.write(text));
  expect(await say(`GET / ${head}x: ${'y'.repeat(17_000)}\r\n\r\n`)).toMatch(/^HTTP\/1.1 431 /);
  expect(await say(`GET /${'y'.repeat(17_000)} ${head}\r\n`)).toMatch(/^HTTP\/1.1 431 /);
  const body = `content-type: text/plain\r\ncontent-length: 100000\r\n\r\n`;
  expect(await say(`POST / ${head}${body}${'y'.repeat(100_000)}`)).toMatch(/^HTTP\/1.1 413 /);
});

test('of a thousand connections of one client some are kept, and another client is answered', async () => {
  const { port, server } = await start(noWebConfig);
  const sockets = Array.from({ length: 1000 }, () => connect({ port, host: '127.0.0.1' }).on('error', () => undefined));
  onTestFinished(() => sockets.forEach((socket) => void socket.destroy()));
  const counted = () => new Promise<number>((resolve) => server.server.getConnections((_, value) => resolve(value)));
  await until('the end of those that are too many', 30_000, async () => {
    const ended = sockets.filter(({ destroyed, readableEnded }) => destroyed || readableEnded).length;
    return ended >= 1000 - 128 && (await counted()) <= 128;
  });
  expect(await counted()).toBe(128);
  const other = await ask(port, { localAddress: '127.0.0.2' }, plainRequest);
  expect(other).toEqual({ status: 200, body: 'hello' });
  await expect(askPlain(port)).rejects.toThrow();
  for (const socket of sockets) socket.destroy();
  await until('room again', 10_000, async () => (await counted()) === 0);
  expect((await askPlain(port)).status).toBe(200);
});

test('who connects again and again is held back, the others are not', async () => {
  const { port } = await start(noWebConfig);
  await until('a refusal', 60_000, async () => {
    const hundred = await Promise.allSettled(Array.from({ length: 100 }, () => askPlain(port)));
    return hundred.some(({ status }) => status === 'rejected');
  });
  expect((await ask(port, { localAddress: '127.0.0.2' }, plainRequest)).status).toBe(200);
  await until('an answer', 30_000, async () => (await askPlain(port)).status === 200);
});
