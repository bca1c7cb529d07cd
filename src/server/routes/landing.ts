import type { FastifyPluginCallback } from 'fastify';
import type { SnapshotSource } from '../../model/snapshot.ts';
import type { Asset } from '../assets.ts';
import { contentSecurityPolicy, landingPage } from '../page/landing-page.ts';

interface LandingOptions {
  readonly source: SnapshotSource;
  readonly telemetryPath: string;
  readonly version: string;
  readonly assets: readonly Asset[];
}

/** / : a page for people. */
export const landingRoute: FastifyPluginCallback<LandingOptions> = (server, { source, ...content }, done) => {
  server.get('/', (_request, reply) => {
    const snapshot = source.latest();
    const nowSeconds = Date.now() / 1000;
    reply
      .type('text/html; charset=utf-8')
      .header('content-security-policy', contentSecurityPolicy)
      .header('cache-control', 'no-store')
      .send(landingPage({ ...content, snapshot, nowSeconds }));
  });
  done();
};
