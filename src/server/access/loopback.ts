import { isIP } from 'node:net';

/**
 * Whether a request comes from this machine and means this machine. The second half is against DNS rebinding: a page on
 * the web whose own name resolves to 127.0.0.1 makes a browser here ask us, but with that name as the host.
 *
 * @param address the peer's, as the socket tells it
 * @param hostname of the Host header, without its port
 */
export function isLoopbackRequest(address: string, hostname: string): boolean {
  const name = hostname.replace(/^\[(.*)\]$/, '$1').toLowerCase();
  return isLoopbackAddress(address) && (name === 'localhost' || isLoopbackAddress(name));
}

function isLoopbackAddress(address: string): boolean {
  // A socket that listens on IPv6 sees IPv4 peers as ::ffff:a.b.c.d.
  const plain = address.replace(/^::ffff:/, '');
  return isIP(plain) === 4 ? plain.startsWith('127.') : plain === '::1';
}
