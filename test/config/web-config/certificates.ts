import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { testNeeding } from '../../real/needs.ts';

/** A folder of a certificate authority, made by openssl; it goes with the test. */
export interface Certificates {
  readonly folder: string;
  /** Of the authority. */
  readonly ca: string;
  /** Makes `<name>.crt` and `<name>.key`, signed by the authority, with subject alternative names such as `IP:127.0.0.1`. */
  issue(name: string, altNames: string): { readonly cert: string; readonly key: string };
}

export const hasOpenssl = spawnSync('openssl', ['version']).status === 0;

/** A test that makes certificates. */
export const testWithCertificates = testNeeding('openssl', hasOpenssl);

export function makeCertificates(): Certificates {
  const folder = mkdtempSync(join(tmpdir(), 'heapwatch-certificates-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe', timeout: 60_000 });
  const request = (name: string) => [
    'req',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-subj',
    `/CN=${name}`,
    '-keyout',
    `${name}.key`,
  ];
  openssl(...request('ca'), '-x509', '-days', '2', '-out', 'ca.crt');
  return {
    folder,
    ca: join(folder, 'ca.crt'),
    issue(name, altNames) {
      writeFileSync(join(folder, `${name}.ext`), `subjectAltName=${altNames}\n`);
      openssl(...request(name), '-out', `${name}.csr`);
      openssl(
        'x509',
        '-req',
        '-in',
        `${name}.csr`,
        '-CA',
        'ca.crt',
        '-CAkey',
        'ca.key',
        '-CAcreateserial',
        '-days',
        '2',
        '-extfile',
        `${name}.ext`,
        '-out',
        `${name}.crt`,
      );
      return { cert: join(folder, `${name}.crt`), key: join(folder, `${name}.key`) };
    },
  };
}
