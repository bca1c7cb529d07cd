import type { FastifyPluginCallback } from 'fastify';
import type { Asset } from '../assets.ts';

/** /assets: script, style and icon of the page. */
export const assetRoutes: FastifyPluginCallback<{ assets: readonly Asset[] }> = (server, { assets }, done) => {
  for (const { url, type, body } of assets) {
    server.get(url, (_request, reply) => {
      reply.type(type).header('cache-control', 'public, max-age=31536000, immutable').send(body);
    });
  }
  done();
};
