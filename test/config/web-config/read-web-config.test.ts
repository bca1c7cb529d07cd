import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readWebConfig } from '../../../src/config/web-config/read-web-config.ts';
import { isAuthenticating } from '../../../src/config/web-config/web-config.ts';
import { makeCertificates, testWithCertificates } from './certificates.ts';

const hash = `$2y$10$${'a'.repeat(53)}`;

function readIn(folder: string, text: string) {
  writeFileSync(join(folder, 'web.yml'), text);
  return readWebConfig(join(folder, 'web.yml'));
}

testWithCertificates(
  'certificates are read from paths relative to the file, and Go names become those of OpenSSL',
  () => {
    const { folder, issue } = makeCertificates();
    issue('server', 'IP:127.0.0.1');
    const read = readIn(
      folder,
      `
tls_server_config:
  cert_file: server.crt
  key_file: ${folder}/server.key
  client_ca_file: ./ca.crt
  client_auth_type: RequireAndVerifyClientCert
  cipher_suites: [TLS_AES_128_GCM_SHA256, TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA]
  curve_preferences: [X25519, CurveP384]
`,
    );
    if (!read.ok) throw new Error(read.mistakes.join('\n'));
    expect([...read.files.keys()]).toEqual(
      ['web.yml', 'server.crt', 'server.key', 'ca.crt'].map((name) => join(folder, name)),
    );
    expect(read.config.tls).toMatchObject({
      clientAuth: 'RequireAndVerifyClientCert',
      context: {
        cert: expect.stringContaining('BEGIN CERTIFICATE'),
        minVersion: 'TLSv1.2',
        maxVersion: 'TLSv1.3',
        ciphers: 'ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES128-SHA',
        ecdhCurve: 'X25519:P-384',
        honorCipherOrder: true,
      },
    });
    expect(isAuthenticating(read.config)).toBe(true);
  },
);

testWithCertificates(
  'what is wrong with certificates is said with the reason, and what was read is watched all the same',
  () => {
    const { folder, issue } = makeCertificates();
    issue('server', 'IP:127.0.0.1');
    issue('other', 'IP:127.0.0.1');
    mkdirSync(join(folder, 'sub'));
    writeFileSync(join(folder, 'empty.crt'), '');
    const mistakesOf = (tls: string) => {
      const read = readIn(folder, `tls_server_config: {${tls}}`);
      return read.ok ? [] : read.mistakes;
    };
    expect(mistakesOf('cert_file: absent.crt, key_file: sub')).toEqual([
      `web.yml:1: tls_server_config.cert_file "${folder}/absent.crt" is not there`,
      `web.yml:1: tls_server_config.key_file "${folder}/sub" is a folder, not a file`,
    ]);
    expect(mistakesOf('cert_file: server.crt, key_file: other.key')[0]).toMatch(
      /cert_file and its key cannot be used: .*mismatch/,
    );
    const noCertificate = mistakesOf('cert_file: empty.crt, key_file: empty.crt');
    expect(noCertificate[0]).toMatch(/cert_file holds no certificate: /);
    expect(noCertificate[1]).toMatch(/key_file holds no private key: /);
    const caType = 'client_auth_type: RequireAndVerifyClientCert, client_ca_file';
    expect(mistakesOf(`cert_file: server.crt, key_file: server.key, ${caType}: server.key`)[0]).toMatch(
      /client_ca_file holds no certificate/,
    );
    expect(readIn(folder, 'tls_server_config: {cert_file: a, key_file: server.key}').files.has(`${folder}/a`)).toBe(
      true,
    );
  },
);

test('a file that is not there is a mistake of the flag', () => {
  expect(readWebConfig('/nonexistent/web.yml')).toMatchObject({
    ok: false,
    mistakes: ['--web.config.file: "/nonexistent/web.yml" is not there'],
  });
});

test.each([
  [`basic_auth_users: {alice: ${hash}}`, true],
  ['basic_auth_users: {}', false],
  ['rate_limit: {interval: 1s, burst: 5}', false],
])('%s authenticates: %s', (text, expected) => {
  const folder = mkdtempSync(join(tmpdir(), 'heapwatch-web-config-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const read = readIn(folder, text);
  expect(read.ok && isAuthenticating(read.config)).toBe(expected);
});
