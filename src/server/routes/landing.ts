import type { FastifyPluginCallback } from 'fastify';
import type { SnapshotSource } from '../../model/snapshot.ts';
import { contentSecurityPolicy, landingPage } from '../page/landing-page.ts';

interface LandingOptions {
  readonly source: SnapshotSource;
  readonly telemetryPath: string;
  readonly version: string;
}

/** / : a page for people. */
export const landingRoute: FastifyPluginCallback<LandingOptions> = (server, options, done) => {
  server.get('/', (_request, reply) => {
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
