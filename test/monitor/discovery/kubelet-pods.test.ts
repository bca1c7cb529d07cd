import { readFileSync, writeFileSync } from 'node:fs';
import { createServer as createHttp, type RequestListener } from 'node:http';
import { createServer as createHttps } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import {
  createKubeletPods,
  type KubeletOptions,
  type KubeletPods,
} from '../../../src/monitor/discovery/kubelet-pods.ts';
import { parsePodList } from '../../../src/monitor/discovery/pod-list.ts';
import { makeCertificates, testWithCertificates } from '../../config/web-config/certificates.ts';
import { recordTree } from '../../linux/recorded-tree.ts';
import { until } from '../../real/until.ts';

const ID = '4f5c'.repeat(16);
const names = { namespace: 'shop', pod: 'api-0', container: 'web' };
const pod = (statuses: object) => ({
  items: [{ metadata: { namespace: 'shop', name: 'api-0', uid: 'x' }, status: statuses }],
});
const list = JSON.stringify(pod({ containerStatuses: [{ name: 'web', containerID: `containerd://${ID}` }] }));

test.each(['initContainerStatuses', 'containerStatuses', 'ephemeralContainerStatuses'])('%s are known', (key) => {
  const text = JSON.stringify(pod({ [key]: [{ name: 'web', containerID: `cri-o://${ID}` }, { name: 'waiting' }] }));
  expect([...parsePodList(text)]).toEqual([[ID, names]]);
});

test.each([
  ['null', null],
  ['no list', { items: 7 }],
  ['pods of no shape', { items: [null, 1, {}, { metadata: null, status: 'x' }] }],
  ['an id of no container', pod({ containerStatuses: [{ name: 'web', containerID: 'docker://short' }] })],
  ['names that Kubernetes does not give', pod({ containerStatuses: [{ name: 'w"b', containerID: `docker://${ID}` }] })],
])('%s names nobody', (_, value) => {
  expect([...parsePodList(JSON.stringify(value))]).toEqual([]);
});

/** A kubelet at this machine's own address. */
async function startKubelet(answer: RequestListener, tls?: { key: Buffer; cert: Buffer }): Promise<string> {
  const server = tls === undefined ? createHttp(answer) : createHttps(tls, answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http${tls === undefined ? '' : 's'}://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function ask(url: string, options: Partial<KubeletOptions> = {}) {
  const warnings: string[] = [];
  let elapsed = 0;
  const logger = { info: () => {}, error: () => {}, warn: (_: object, message: string) => void warnings.push(message) };
  const pods = createKubeletPods({ url, clock: { elapsedSeconds: () => elapsed }, logger, ...options });
  const pass = (seconds: number) => {
    elapsed += seconds;
  };
  return { pods, warnings, pass };
}

const answered = (pods: KubeletPods) => until('the list', 20_000, () => pods.find(ID));

test('a container that the list does not have is asked for, and not again at once', async () => {
  const asked: (string | undefined)[] = [];
  let body = '{"items":[]}';
  const url = await startKubelet((request, response) => {
    asked.push(`${request.method} ${request.url} ${request.headers.authorization}`);
    response.end(body);
  });
  const { pods, pass } = ask(url);
  expect(pods.find(ID)).toBeUndefined();
  await until('a question', 20_000, () => asked.length === 1 || undefined);
  body = list;
  pass(29);
  expect(pods.find(ID)).toBeUndefined();
  pass(1);
  expect(await answered(pods)).toEqual(names);
  // Over http it keeps the token to itself.
  expect(asked).toEqual(['GET /pods undefined', 'GET /pods undefined']);
});

test('a kubelet that refuses is logged once, with what it takes', async () => {
  const url = await startKubelet((_, response) => response.writeHead(403).end('Forbidden'));
  const { pods, warnings, pass } = ask(url);
  for (let turn = 0; turn < 3; turn++) {
    pods.find(ID);
    await until('the warning', 20_000, () => warnings.length > 0 || undefined);
    pass(60);
  }
  expect(warnings).toEqual([expect.stringMatching(/it answered 403; the service account needs .* nodes\/pods/)]);
});

testWithCertificates(
  "over https it shows its token to a kubelet of the cluster's certificate, or to any when it was told so",
  async () => {
    const { folder: path, issue } = makeCertificates();
    const { cert, key } = issue('kubelet', 'IP:127.0.0.1');
    writeFileSync(join(path, 'token'), 'secret\n');
    const tokens: (string | undefined)[] = [];
    const url = await startKubelet(
      (request, response) => {
        tokens.push(request.headers.authorization);
        response.end(list);
      },
      { key: readFileSync(key), cert: readFileSync(cert) },
    );
    expect(await answered(ask(url, { serviceAccountPath: path }).pods)).toEqual(names);
    expect(await answered(ask(url, { serviceAccountPath: path, insecureTls: true }).pods)).toEqual(names);
    expect(tokens).toEqual(['Bearer secret', 'Bearer secret']);

    const { path: otherCluster } = recordTree({ token: 'secret\n', 'ca.crt': '' });
    const stranger = ask(url, { serviceAccountPath: otherCluster });
    stranger.pods.find(ID);
    await until('the warning', 20_000, () => stranger.warnings.length > 0 || undefined);
    expect(stranger.warnings[0]).toMatch(/certificate/);
    expect(tokens).toHaveLength(2);
    const outside = ask(url, { serviceAccountPath: join(path, 'none') });
    outside.pods.find(ID);
    await until('the warning', 20_000, () => outside.warnings.length > 0 || undefined);
    expect(outside.warnings[0]).toContain('none/token');
  },
);
