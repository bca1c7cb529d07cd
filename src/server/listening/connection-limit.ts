import type { Server, Socket } from 'node:net';
import { networkOf } from '../access/network.ts';

/** Descriptors are needed for more than connections. */
const MOST_CONNECTIONS = 512;
/** A browser opens seven for a page, a Prometheus one. */
const MOST_OF_ONE = 128;

/** Ends connections that are too many at once: in all, and of one client, so that nobody keeps the others out. */
export function limitConnections(server: Server): void {
  const counts = new Map<string, number>();
  server.maxConnections = MOST_CONNECTIONS;
  server.on('connection', (socket: Socket) => {
    const client = networkOf(socket.remoteAddress ?? '');
    const count = (counts.get(client) ?? 0) + 1;
    counts.set(client, count);
    socket.once('close', () => {
      const left = (counts.get(client) ?? 1) - 1;
      if (left > 0) counts.set(client, left);
      else counts.delete(client);
    });
    if (count > MOST_OF_ONE) socket.destroy();
  });
}
