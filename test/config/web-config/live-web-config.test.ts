import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { followWebConfig } from '../../../src/config/web-config/live-web-config.ts';
import { readWebConfig } from '../../../src/config/web-config/read-web-config.ts';
import type { WebConfig } from '../../../src/config/web-config/web-config.ts';
import { until } from '../../real/until.ts';
import { makeCertificates, testWithCertificates } from './certificates.ts';
import { mountSecret } from './mounted-secret.ts';

const tls = 'tls_server_config: {cert_file: server.crt, key_file: server.key';

function follow() {
  const certificates = makeCertificates();
  certificates.issue('server', 'IP:127.0.0.1');
  const file = join(certificates.folder, 'web.yml');
  const write = (text: string) => writeFileSync(file, text);
  write(`${tls}}\n`);
  return { ...certificates, write, ...followFile(file) };
}

function followFile(file: string) {
  const read = readWebConfig(file);
  if (!read.ok) throw new Error(read.mistakes.join('\n'));
  const adopted: WebConfig[] = [];
  const errors: string[] = [];
  const log = { info: () => undefined, error: (message: string) => void errors.push(message) };
  const live = followWebConfig(read, (config) => void adopted.push(config), log, 20);
  onTestFinished(live.close);
  return { live, adopted, errors };
}

testWithCertificates('a renewed certificate is adopted', async () => {
  const { issue, live, adopted } = follow();
  const before = live.current().tls?.context.cert;
  issue('server', 'IP:127.0.0.1');
  await until('the new one', 30_000, () => adopted.length > 0 && live.state().isCurrent);
  expect(live.current()).toBe(adopted.at(-1));
  expect(live.current().tls?.context.cert).not.toBe(before);
});

testWithCertificates(
  'an updated Secret is adopted as kubelet brings it, and what is missing from one is told',
  async () => {
    const { issue } = makeCertificates();
    const contents = () => {
      const { cert, key } = issue('server', 'IP:127.0.0.1');
      const [crt, pem] = [cert, key].map((path) => readFileSync(path, 'utf8'));
      return { 'web-config.yml': `${tls}}\n`, 'server.crt': crt!, 'server.key': pem! };
    };
    const secret = mountSecret();
    secret.update(contents());
    const { live, adopted, errors } = followFile(join(secret.folder, 'web-config.yml'));
    const renewed = contents();
    secret.update(renewed);
    await until('the new certificate', 30_000, () => live.current().tls?.context.cert === renewed['server.crt']);
    expect([adopted.length, errors]).toEqual([1, []]);

    const { 'server.key': _, ...keyless } = contents();
    secret.update(keyless);
    await until('the missing key', 30_000, () => errors.at(-1)?.includes('server.key" is not there'));
    expect([live.current().tls?.context.cert, live.state().isCurrent]).toEqual([renewed['server.crt'], false]);
    const whole = contents();
    secret.update(whole);
    await until('the whole Secret', 30_000, () => live.current().tls?.context.cert === whole['server.crt']);
    expect(live.state().isCurrent).toBe(true);
  },
);

testWithCertificates(
  'what cannot be used changes nothing, is told with all its reasons, and is used once it is mended',
  async () => {
    const { folder, issue, write, live, adopted, errors } = follow();
    const { current } = live;
    const [before, loadedAt] = [current(), live.state().loadedAtSeconds];
    rmSync(join(folder, 'server.key'));
    await until('the missing key', 30_000, () => errors.at(-1)?.includes('server.key" is not there'));
    expect(live.state()).toEqual({ isCurrent: false, loadedAtSeconds: loadedAt });
    issue('server', 'IP:127.0.0.1');
    await until('the key again', 30_000, () => live.state().isCurrent);
    const count = adopted.length;
    write(`${tls}, min_version: 1}\nnonsense: 2\n`);
    await until('the mistakes', 30_000, () =>
      /min_version must be .*; web\.yml:2: "nonsense"/.test(errors.at(-1) ?? ''),
    );
    expect(adopted).toHaveLength(count);
    expect(current().tls?.clientAuth).toBe(before.tls?.clientAuth);
    write(`${tls}, max_version: TLS12}\n`);
    await until('the mended file', 30_000, () => current().tls?.context.maxVersion === 'TLSv1.2');
    expect(live.state().isCurrent).toBe(true);
  },
);

for (const [text, reason] of [
  ['rate_limit: {interval: 1s}\n', 'tls_server_config is switched on or off by a restart'],
  [`${tls}, client_auth_type: RequireAnyClientCert}\n`, 'client_auth_type is changed by a restart'],
] as const) {
  testWithCertificates(`what a socket that listens cannot change is refused: ${reason}`, async () => {
    const { write, live, adopted, errors } = follow();
    write(text);
    await until('the reason', 30_000, () => errors.at(-1)?.includes(reason));
    expect([adopted, live.state().isCurrent]).toEqual([[], false]);
  });
}
