import type { Server, Socket } from 'node:net';
import { createClientTable } from '../access/client-table.ts';
import { TokenBucket } from '../access/token-bucket.ts';

/** Descriptors are needed for more than connections. */
const MOST_CONNECTIONS = 512;
/** A browser opens seven for a page, a Prometheus one. */
const MOST_OF_ONE = 128;
/** Of one client: a handshake of TLS takes a millisecond or so of our event loop. */
const MOST_AT_ONCE = 250;
const PER_SECOND = 50;

/** Ends connections that are too many: in all, and of one client, so that nobody keeps the others out. */
export function limitConnections(server: Server): void {
  const clientOf = createClientTable(
    () => ({ open: 0, arrivals: new TokenBucket(MOST_AT_ONCE, PER_SECOND, elapsedSeconds()) }),
    ({ open }) => open > 0,
  );
  server.maxConnections = MOST_CONNECTIONS;
  server.on('connection', (socket: Socket) => {
    const client = clientOf(socket.remoteAddress ?? '');
    client.open++;
    socket.once('close', () => client.open--);
    if (client.open > MOST_OF_ONE || client.arrivals.take(1, elapsedSeconds()) > 0) socket.destroy();
  });
}

function elapsedSeconds(): number {
  return performance.now() / 1000;
}
