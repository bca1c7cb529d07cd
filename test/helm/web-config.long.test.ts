import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { hashSync } from 'bcryptjs';
import { expect } from 'vitest';
import { hasOpenssl, makeCertificates } from '../config/web-config/certificates.ts';
import { mountSecret } from '../config/web-config/mounted-secret.ts';
import { startServer } from '../real/heapwatch.ts';
import { get } from '../real/https-answer.ts';
import { testNeeding } from '../real/needs.ts';
import { until } from '../real/until.ts';
import { needs } from './chart-tool.ts';
import { only, render } from './rendered-chart.ts';

const password = 'hunter2-of-prometheus';
const auth = `prometheus:${password}`;

/** A Secret of certificates and one user, and the means to renew it. */
function makeSecret(moreTls = '') {
  const { issue, ca } = makeCertificates();
  const { cert, key } = issue('client', 'DNS:prometheus.example');
  const secret = mountSecret();
  const text = (path: string) => readFileSync(path, 'utf8');
  const webConfig = `tls_server_config: {cert_file: tls.crt, key_file: tls.key${moreTls}}
basic_auth_users: {prometheus: "${hashSync(password, 5)}"}
`;
  function renew(): void {
    const server = issue('server', 'IP:127.0.0.1');
    const files = { 'tls.crt': text(server.cert), 'tls.key': text(server.key), 'ca.crt': text(ca) };
    secret.update({ 'web-config.yml': webConfig, ...files });
  }
  renew();
  return { folder: secret.folder, renew, ca: text(ca), identity: { ca: text(ca), cert: text(cert), key: text(key) } };
}

/** The chart's own container, started with the Secret where kubelet mounts it. */
async function startAgent(folder: string, ...values: string[]) {
  const args = ['--set', ['webConfig.existingSecret=web', ...values].join()];
  const [container] = only(render(args), 'DaemonSet').spec.template.spec.containers;
  const mount = container.volumeMounts.find(({ name }: { name: string }) => name === 'heapwatch-web-config');
  const flags: string[] = container.args.filter((flag: string) => flag.startsWith('--web.config.file='));
  const mounted = flags.map((flag) => flag.replace(mount.mountPath, folder));
  expect(mounted).toEqual([`--web.config.file=${folder}/web-config.yml`]);
  const server = await startServer([...mounted, '--discovery.max-targets=1', '--log.level=warn']);
  return { server, probes: [container.livenessProbe, container.readinessProbe] };
}

/** As kubelet asks (pkg/probe/http and pkg/probe/tcp): it verifies nothing, and shows neither a password nor a certificate. */
async function isProbed(url: string, { httpGet, tcpSocket }: Record<string, { readonly path: string } | undefined>) {
  if (httpGet !== undefined) {
    const { status = 0 } = await get(url + httpGet.path, { rejectUnauthorized: false });
    return status >= 200 && status < 400;
  }
  const { hostname, port } = new URL(url);
  return tcpSocket !== undefined && canConnect(hostname, Number(port));
}

function canConnect(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 5_000 }, () => settle(true));
    const settle = (isOpen: boolean) => {
      socket.destroy();
      resolve(isOpen);
    };
    socket.once('error', () => settle(false)).once('timeout', () => settle(false));
  });
}

const withBoth = testNeeding(`openssl or ${needs.helm[0]}`, hasOpenssl && needs.helm[1]);

withBoth('probes are answered without a password, scrapes are not, and a renewed certificate is in use', async () => {
  const secret = makeSecret();
  const { server, probes } = await startAgent(secret.folder);
  const scrape = (more: object = {}) => get(`${server.url}/metrics`, { ca: secret.ca, ...more });
  for (const probe of probes) await until(JSON.stringify(probe), 60_000, () => isProbed(server.url, probe));
  expect((await scrape()).status).toBe(401);
  const before = await scrape({ auth });
  expect(before.status).toBe(200);
  secret.renew();
  await until('the new certificate', 60_000, async () => (await scrape({ auth })).serial !== before.serial);
  expect((await scrape({ auth })).body).toContain('heapwatch_web_config_last_reload_successful 1');
  for (const probe of probes) expect(await isProbed(server.url, probe)).toBe(true);
});

withBoth('where a certificate is required a probe by HTTPS would fail, and one by TCP does no harm', async () => {
  const secret = makeSecret(', client_ca_file: ca.crt, client_auth_type: RequireAndVerifyClientCert');
  const { server, probes } = await startAgent(secret.folder, 'webConfig.requiresClientCertificate=true');
  await expect(isProbed(server.url, { httpGet: { path: '/healthz' } })).rejects.toThrow();
  // An hour of them.
  for (let count = 0; count < 200; count++) expect(await isProbed(server.url, probes[0])).toBe(true);
  expect((await get(`${server.url}/metrics`, { ...secret.identity, auth })).status).toBe(200);
  expect(server.logged()).toBe('');
  // What it does not see.
  process.kill(server.pid, 'SIGSTOP');
  expect(await isProbed(server.url, probes[0])).toBe(true);
  process.kill(server.pid, 'SIGCONT');
  await server.stop();
  expect(await isProbed(server.url, probes[0])).toBe(false);
});
