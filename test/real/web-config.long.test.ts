import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hashSync } from 'bcryptjs';
import { expect } from 'vitest';
import { makeCertificates, testWithCertificates } from '../config/web-config/certificates.ts';
import { heapwatch, startServer } from './heapwatch.ts';
import { get } from './https-answer.ts';
import { testNeeding } from './needs.ts';
import { isInstalled, startPrometheus } from './prometheus.ts';
import { until } from './until.ts';

const password = 'hunter2-of-prometheus';
const hash = hashSync(password, 5);

/** A folder with an authority, a server's certificate and `web.yml`. */
function makeWebConfig(more: string) {
  const certificates = makeCertificates();
  certificates.issue('server', 'IP:127.0.0.1');
  const file = join(certificates.folder, 'web.yml');
  const write = (text: string) =>
    writeFileSync(file, `tls_server_config: {cert_file: server.crt, key_file: server.key${text}`);
  write(more);
  return { ...certificates, file, write };
}

testNeeding('prometheus', isInstalled('prometheus'))(
  'a real Prometheus scrapes with basic_auth and tls_config, and nobody gets anything without either',
  async () => {
    const { folder, file, ca, issue } = makeWebConfig(
      `, client_ca_file: ca.crt, client_auth_type: RequireAndVerifyClientCert, client_allowed_sans: [prometheus.example]}
basic_auth_users: {prometheus: "${hash}"}
`,
    );
    const { cert, key } = issue('client', 'DNS:prometheus.example');
    const server = await startServer([`--web.config.file=${file}`, '--discovery.max-targets=1']);
    writeFileSync(join(folder, 'password'), password);
    const prometheus = await startPrometheus(server.url, undefined, '1s', {
      scheme: 'https',
      tls_config: { ca_file: ca, cert_file: cert, key_file: key },
      basic_auth: { username: 'prometheus', password_file: join(folder, 'password') },
    });
    const reloads = await until('a scrape', 60_000, async () => {
      return (await prometheus.query('heapwatch_web_config_last_reload_successful'))[0];
    });
    expect(reloads.value[1]).toBe('1');
    expect((await prometheus.query('up'))[0]?.value[1]).toBe('1');

    const identity = { ca: readFileSync(ca), cert: readFileSync(cert), key: readFileSync(key) };
    const auth = `prometheus:${password}`;
    expect((await get(`${server.url}/metrics`, { ...identity, auth })).status).toBe(200);
    expect((await get(`${server.url}/metrics`, identity)).status).toBe(401);
    await expect(get(`${server.url}/metrics`, { ca: identity.ca, auth })).rejects.toThrow();
  },
);

testWithCertificates(
  'certificate and users change without a restart; a broken file changes nothing, and says so without its secrets',
  async () => {
    const { file, ca, issue, write } = makeWebConfig(`}\nbasic_auth_users: {alice: "${hash}"}\n`);
    const server = await startServer(['--discovery.max-targets=1', `--web.config.file=${file}`]);
    const ask = (user: string) => get(`${server.url}/metrics`, { ca: readFileSync(ca), auth: `${user}:${password}` });
    const before = await ask('alice');
    expect(before.status).toBe(200);
    expect((await ask('bob')).status).toBe(401);

    issue('server', 'IP:127.0.0.1');
    write(`}\nbasic_auth_users: {bob: "${hash}"}\n`);
    const after = await until('the new user', 60_000, async () => {
      const answer = await ask('bob');
      return answer.status === 200 ? answer : undefined;
    });
    expect(after.serial).not.toBe(before.serial);
    expect((await ask('alice')).status).toBe(401);

    const isCurrent = /^heapwatch_web_config_last_reload_successful (\d)$/m;
    expect(isCurrent.exec(after.body)?.[1]).toBe('1');
    write(`}\nbasic_auth_users: {bob: "${password}"}\n`);
    await until('a word of the broken file', 60_000, async () => isCurrent.exec((await ask('bob')).body)?.[1] === '0');
    await until('the log', 10_000, () =>
      /web\.yml:2: basic_auth_users\.bob must be a bcrypt hash/.test(server.logged()),
    );

    expect(await server.stop()).toBe(0);
    const everything = [server.logged(), ...server.lines.seen].join('\n');
    for (const secret of [password, hash, Buffer.from(`bob:${password}`).toString('base64'), 'PRIVATE KEY']) {
      expect(everything).not.toContain(secret);
    }
  },
);

testWithCertificates('mistakes end serve with all of them, before it listens', async () => {
  const { file, write } = makeWebConfig('');
  write(`, min_version: TLS11}\nbasic_auth_users: {alice: ${password}}\n`);
  const run = await heapwatch(['serve', '--web.listen-address=127.0.0.1:0', `--web.config.file=${file}`]);
  expect(run.code).toBe(2);
  expect(run.stdout).toBe('');
  expect(run.stderr).toMatch(/^heapwatch serve: web.yml:1: tls_server_config.min_version must be /m);
  expect(run.stderr).toMatch(/^heapwatch serve: web.yml:2: basic_auth_users.alice must be a bcrypt hash/m);
  expect(run.stderr).not.toContain(password);
});
