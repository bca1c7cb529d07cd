import { createPrivateKey, X509Certificate } from 'node:crypto';
import { posix } from 'node:path';
import { createSecureContext, type SecureContextOptions } from 'node:tls';
import { readSmallFile } from '../small-file.ts';
import { quote } from '../source.ts';
import { fileStatus } from './file-status.ts';
import { curves, tls12Ciphers, tlsVersions } from './go-tls-names.ts';
import type { TlsSettings, WebConfig } from './web-config.ts';
import { parseWebConfig } from './web-config-document.ts';
import type { TlsDocument } from './web-config-schema.ts';

/** A thousand users fit. */
const CONFIG_BYTES = 128 * 1024;
/** A bundle of all public authorities has 200 KB. */
const PEM_BYTES = 1024 * 1024;

export type ReadWebConfig = (
  | { readonly ok: true; readonly config: WebConfig }
  | { readonly ok: false; readonly mistakes: readonly string[] }
) & {
  readonly path: string;
  /** What was read or should have been, as it was just before: when one of them changes there is something else to read. */
  readonly files: ReadonlyMap<string, string>;
};

export type UsableWebConfig = ReadWebConfig & { readonly ok: true };

/**
 * Reads a web configuration with the certificates that it names; relative paths are relative to its folder. Never throws:
 * every mistake is listed, each a sentence that begins with its place and holds no secret.
 */
export function readWebConfig(path: string): ReadWebConfig {
  const files = new Map([[path, fileStatus(path)]]);
  const from = { path, files };
  const fileName = posix.basename(path);
  const content = readSmallFile(path, CONFIG_BYTES);
  if ('mistake' in content)
    return { ok: false, mistakes: [`--web.config.file: ${quote(path)} ${content.mistake}`], ...from };
  const parsed = parseWebConfig(content.bytes.toString('utf8'), fileName);
  if (!parsed.ok) return { ok: false, mistakes: parsed.mistakes, ...from };

  const mistakes: string[] = [];
  const mistaken = (key: string, what: string) => {
    mistakes.push(`${parsed.placeOf(['tls_server_config', key])} tls_server_config.${key} ${what}`);
  };
  const { tls_server_config, http_server_config, basic_auth_users = {}, rate_limit } = parsed.document;

  function pem(
    key: 'cert' | 'key' | 'client_ca',
    inline: string | undefined,
    file: string | undefined,
  ): string | undefined {
    if (file === undefined) return inline;
    const resolved = posix.resolve(posix.dirname(path), file);
    files.set(resolved, fileStatus(resolved));
    const read = readSmallFile(resolved, PEM_BYTES);
    if ('bytes' in read) return read.bytes.toString('utf8');
    mistaken(`${key}_file`, `${quote(resolved)} ${read.mistake}`);
    return undefined;
  }

  function readTls(given: TlsDocument): TlsSettings {
    const cert = pem('cert', given.cert, given.cert_file);
    const key = pem('key', given.key, given.key_file);
    const ca = pem('client_ca', given.client_ca, given.client_ca_file);
    const context: SecureContextOptions = { ...tlsOptions(given), cert, key, ca };
    if (mistakes.length === 0) {
      // Node.js takes an empty text for none at all, and an authority's file without a certificate for no authority.
      attempt('cert_file', 'holds no certificate', () => new X509Certificate(cert ?? ''));
      attempt('key_file', 'holds no private key', () => createPrivateKey(key ?? ''));
      if (ca !== undefined) attempt('client_ca_file', 'holds no certificate', () => new X509Certificate(ca));
    }
    if (mistakes.length === 0) attempt('cert_file', 'and its key cannot be used', () => createSecureContext(context));
    const { client_auth_type: type, client_allowed_sans: allowedSans = [] } = given;
    return { context, clientAuth: type === 'RequireClientCert' ? 'RequireAnyClientCert' : type, allowedSans };
  }

  function attempt(key: string, what: string, act: () => unknown): void {
    try {
      act();
    } catch (error) {
      // OpenSSL's words for it (`key values mismatch`, `no start line`), never the content.
      mistaken(key, `${what}: ${(error as Error).message}`);
    }
  }

  const tls = tls_server_config && readTls(tls_server_config);
  if (mistakes.length > 0) return { ok: false, mistakes, ...from };
  const config: WebConfig = {
    ...(tls && { tls }),
    headers: http_server_config?.headers ?? {},
    users: new Map(Object.entries(basic_auth_users)),
    ...(rate_limit?.interval && { rateLimit: { intervalSeconds: rate_limit.interval, burst: rate_limit.burst } }),
  };
  return { ok: true, config, ...from };
}

/** Go's cipher suites are those up to TLS 1.2; with none of these named there is TLS 1.3 only. */
function tlsOptions(given: TlsDocument): SecureContextOptions {
  const names = given.cipher_suites ?? [];
  const ciphers = names.flatMap((name) =>
    name in tls12Ciphers ? [tls12Ciphers[name as keyof typeof tls12Ciphers]] : [],
  );
  return {
    minVersion: names.length > 0 && ciphers.length === 0 ? 'TLSv1.3' : tlsVersions[given.min_version],
    maxVersion: tlsVersions[given.max_version],
    honorCipherOrder: given.prefer_server_cipher_suites,
    ...(ciphers.length > 0 && { ciphers: ciphers.join(':') }),
    ...(given.curve_preferences?.length && {
      ecdhCurve: given.curve_preferences.map((name) => curves[name]).join(':'),
    }),
  };
}
