import type { X509Certificate } from 'node:crypto';
import { isIPv6, SocketAddress } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { TlsSettings } from '../../config/web-config/web-config.ts';

/**
 * Whether a client may stay by the certificate that it has shown, or not shown, in the handshake. RequireAndVerifyClientCert
 * has been enforced there; the types in between are Go's own and OpenSSL knows nothing of them.
 */
export function isAdmitted(socket: TLSSocket, { clientAuth, allowedSans }: TlsSettings): boolean {
  const certificate = socket.getPeerX509Certificate();
  switch (clientAuth) {
    case 'NoClientCert':
    case 'RequestClientCert':
      return true;
    case 'VerifyClientCertIfGiven':
      return certificate === undefined || socket.authorized;
    case 'RequireAnyClientCert':
      return certificate !== undefined && hasName(certificate, allowedSans);
    case 'RequireAndVerifyClientCert':
      return certificate !== undefined && socket.authorized && hasName(certificate, allowedSans);
  }
}

function hasName({ subjectAltName }: X509Certificate, allowed: readonly string[]): boolean {
  return allowed.length === 0 || namesOf(subjectAltName).some((name) => allowed.includes(name));
}

/**
 * Parses what Node.js makes of a certificate's subject alternative names: `DNS:a.example, IP Address:0:0:0:0:0:0:0:1`. Since
 * CVE-2021-44532 it quotes as JSON whatever could be taken for more than one name. A text that is anything else has no names.
 *
 * @returns host names, e-mail addresses, URIs and addresses, these as Go writes them
 */
export function namesOf(subjectAltName = ''): string[] {
  const names: string[] = [];
  // Entry by entry, also those of no interest: they may contain what looks like another one.
  const entry = /([^:,"]+):("(?:[^"\\]|\\.)*"|[^,"]*)(?:, |$)/y;
  while (entry.lastIndex < subjectAltName.length) {
    const [, kind = '', text = ''] = entry.exec(subjectAltName) ?? [];
    if (kind === '') return [];
    if (['DNS', 'URI', 'email', 'IP Address'].includes(kind)) names.push(nameOf(text));
  }
  return names;
}

function nameOf(text: string): string {
  if (isIPv6(text)) return new SocketAddress({ family: 'ipv6', address: text }).address;
  if (!text.startsWith('"')) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text; // quoted, it is no name that anybody would allow
  }
}
