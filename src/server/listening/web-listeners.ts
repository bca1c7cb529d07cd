import { createServer, type RequestListener, type Server, type ServerOptions } from 'node:http';
import { createServer as createTlsServer, Server as TlsServer } from 'node:https';
import type { TLSSocket } from 'node:tls';
import type { FastifyServerOptions } from 'fastify';
import type { WebConfig } from '../../config/web-config/web-config.ts';
import { isAdmitted } from './client-certificate.ts';
import { limitConnections } from './connection-limit.ts';

/** A request is a line and a few headers, none has a body: what takes longer is not one, or keeps a connection for nothing. */
const usualPatience = {
  headersTimeout: 10_000,
  requestTimeout: 15_000,
  connectionsCheckingInterval: 2_000,
  handshakeTimeout: 10_000,
  /** Longer than most scrape intervals. */
  keepAliveTimeout: 72_000,
  /** Nothing was read or written for so long: the client has stopped to read. Streams of events say something every 15 s. */
  stuckTimeout: 60_000,
};

/** Told of a client that was disconnected before it could ask for anything. */
type Refused = (address: string | undefined, reason: string) => void;

export interface WebListeners {
  /** What fastify needs to listen as the configuration says. */
  readonly options: Pick<FastifyServerOptions, 'serverFactory' | 'bodyLimit'>;
  /** Listens as a newer configuration says; connections end when it lets others in than before. */
  adopt(config: WebConfig): void;
}

/** HTTP or HTTPS servers with bounds on all that a client may take its time for. */
export function createWebListeners(
  initial: WebConfig,
  refused: Refused = () => undefined,
  patienceMs = usualPatience,
): WebListeners {
  const { stuckTimeout, handshakeTimeout, ...timeouts } = patienceMs;
  const bounds: ServerOptions = { ...timeouts, maxHeaderSize: 16 * 1024 };
  // One for each time that fastify asks.
  const servers: Server[] = [];
  let current = initial;

  function create(handler: RequestListener): Server {
    const { tls } = current;
    if (tls === undefined) return createServer(bounds, handler);
    const server = createTlsServer(
      {
        ...bounds,
        ...tls.context,
        handshakeTimeout,
        requestCert: tls.clientAuth !== 'NoClientCert',
        rejectUnauthorized: tls.clientAuth === 'RequireAndVerifyClientCert',
      },
      handler,
    );
    // Before the server's own listener, which begins to read requests.
    server.prependListener('secureConnection', (socket: TLSSocket) => {
      if (current.tls === undefined || isAdmitted(socket, current.tls)) return;
      refused(socket.remoteAddress, 'its certificate is not one of those that the web configuration admits');
      socket.destroy();
    });
    server.on('tlsClientError', ({ message }, socket) => refused(socket.remoteAddress, message));
    return server;
  }

  return {
    options: {
      bodyLimit: 1024,
      serverFactory: (handler) => {
        const server = create(handler);
        server.maxHeadersCount = 100;
        server.setTimeout(stuckTimeout);
        limitConnections(server);
        servers.push(server);
        return server;
      },
    },
    adopt(config) {
      const admitsOthers = admissionOf(config) !== admissionOf(current);
      current = config;
      for (const server of servers) {
        if (config.tls !== undefined && server instanceof TlsServer) server.setSecureContext(config.tls.context);
        if (admitsOthers) server.closeAllConnections();
      }
    },
  };
}

/** What decides who is let in. */
function admissionOf({ users, tls }: WebConfig): string {
  return JSON.stringify([[...users], tls?.context.ca, tls?.clientAuth, tls?.allowedSans]);
}
