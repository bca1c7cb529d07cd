import type { SecureContextOptions } from 'node:tls';

/** Go's names of what a server asks of a client's certificate (crypto/tls, ClientAuthType). */
export const clientAuthTypes = [
  'NoClientCert',
  'RequestClientCert',
  'RequireAnyClientCert',
  'VerifyClientCertIfGiven',
  'RequireAndVerifyClientCert',
] as const;

export type ClientAuthType = (typeof clientAuthTypes)[number];

export interface TlsSettings {
  /** Certificate, key, authorities, versions and ciphers as Node.js takes them, with the content of the files. */
  readonly context: SecureContextOptions;
  readonly clientAuth: ClientAuthType;
  /** One of these must be a subject alternative name of the client's certificate; without any every name will do. */
  readonly allowedSans: readonly string[];
}

/** What a file of `--web.config.file` says, checked. */
export interface WebConfig {
  readonly tls?: TlsSettings;
  /** Headers of every answer, besides our own. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** bcrypt hashes by user; without any nobody is asked for a password. */
  readonly users: ReadonlyMap<string, string>;
  /** A bucket of `burst` requests, from all clients together, to which one is added in every interval. */
  readonly rateLimit?: { readonly intervalSeconds: number; readonly burst: number };
}

/** Without a file: no TLS, and everybody is answered. */
export const noWebConfig: WebConfig = { headers: {}, users: new Map() };

/** Whether only those are answered who have shown who they are. */
export function isAuthenticating({ users, tls }: WebConfig): boolean {
  return users.size > 0 || tls?.clientAuth === 'RequireAndVerifyClientCert';
}
