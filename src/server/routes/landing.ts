import type { FastifyPluginCallback } from 'fastify';
import type { SnapshotSource } from '../../model/snapshot.ts';
import { isLoopbackRequest } from '../loopback.ts';
import { contentSecurityPolicy, landingPage } from '../page/landing-page.ts';

interface LandingOptions {
  readonly source: SnapshotSource;
  readonly telemetryPath: string;
  readonly version: string;
}

const REFUSAL = `This page answers on the machine itself only, because it names processes and types.
Open it at http://localhost:<port>/ there, or through a tunnel:
  ssh -L 10148:localhost:10148 <host>          or
  kubectl port-forward <pod> 10148
`;

/** / : a page for people, to the machine itself only. */
export const landingRoute: FastifyPluginCallback<LandingOptions> = (server, options, done) => {
  server.get('/', (request, reply) => {
    if (!isLoopbackRequest(request.ip, request.hostname)) {
      reply.code(403).type('text/plain').send(REFUSAL);
      return;
    }
    const snapshot = options.source.latest();
    const nowSeconds = Date.now() / 1000;
    reply
      .type('text/html; charset=utf-8')
      .header('content-security-policy', contentSecurityPolicy)
      .header('x-content-type-options', 'nosniff')
      .header('referrer-policy', 'no-referrer')
      .header('cache-control', 'no-store')
      .send(landingPage({ snapshot, nowSeconds, version: options.version, telemetryPath: options.telemetryPath }));
  });
  done();
};
