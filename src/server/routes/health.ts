import type { FastifyPluginCallback } from 'fastify';
import type { SnapshotSource } from '../../model/snapshot.ts';

/** /healthz says that the process answers, /readyz that there is something to scrape. */
export const healthRoutes: FastifyPluginCallback<{ source: SnapshotSource }> = (server, { source }, done) => {
  server.get('/healthz', (_request, reply) => {
    reply.type('text/plain').send('ok\n');
  });
  server.get('/readyz', (_request, reply) => {
    const ready = source.latest().takenAtSeconds > 0;
    reply.code(ready ? 200 : 503).type('text/plain');
    reply.send(ready ? 'ready\n' : 'not ready: the first discovery has not ended yet\n');
  });
  done();
};
