import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import type { ListenAddress } from '../config/value-types.ts';

/** A wish to listen that the kernel refuses; the message says what to do. */
export class ListenFailure extends Error {}

const everyHost = new Set([undefined, '::', '0.0.0.0']);

/**
 * Starts to listen; answers `host:port` as a client on this machine writes it. Without a host on every interface, of
 * both IP versions where there are two. Throws `ListenFailure`.
 */
export async function listen(server: FastifyInstance, { host, port }: ListenAddress): Promise<string> {
  try {
    await server.listen({ host: host ?? '::', port });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const noIpv6 = code === 'EAFNOSUPPORT' || code === 'EADDRNOTAVAIL';
    if (host === undefined && noIpv6) return listen(server, { host: '0.0.0.0', port });
    throw new ListenFailure(explain(code, `${bracketed(host ?? '')}:${port}`) ?? message, { cause: error });
  }
  const address = server.server.address() as AddressInfo;
  return `${everyHost.has(host) ? 'localhost' : bracketed(host ?? '')}:${address.port}`;
}

function explain(code: string | undefined, address: string): string | undefined {
  const other = 'choose another address with --web.listen-address';
  switch (code) {
    case 'EADDRINUSE':
      return `${address} is in use: end what listens there, or ${other}`;
    case 'EACCES':
      return `${address} may not be listened on by this user: ports below 1024 are root's; ${other}`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `${address} is no address of this machine: ${other}`;
    default:
      return undefined;
  }
}

function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}
