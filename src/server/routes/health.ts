import type { FastifyPluginCallback } from 'fastify';
import type { Snapshot, SnapshotSource } from '../../model/snapshot.ts';

/**
 * /healthz says that the process answers, /readyz that it sees the processes of the machine. Both answer without a password,
 * which those who ask, a kubelet or a load balancer, do not have: they learn one word.
 */
export const healthRoutes: FastifyPluginCallback<{ source: SnapshotSource }> = (server, { source }, done) => {
  server.get('/healthz', { config: { open: true } }, (_request, reply) => {
    reply.type('text/plain').send('ok\n');
  });
  server.get('/readyz', { config: { open: true } }, (_request, reply) => {
    const obstacle = obstacleOf(source.latest());
    reply.code(obstacle === undefined ? 200 : 503).type('text/plain');
    reply.send(obstacle === undefined ? 'ready\n' : `not ready: ${obstacle}\n`);
  });
  done();
};

function obstacleOf({ takenAtSeconds, discoveryFailure }: Snapshot): string | undefined {
  if (takenAtSeconds === 0) return 'the first discovery has not ended yet';
  // Everybody may ask here: the reason itself is for the log.
  return discoveryFailure && 'looking for processes fails, the log says why';
}
