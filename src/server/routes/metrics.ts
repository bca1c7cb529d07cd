import type { FastifyPluginCallback } from 'fastify';
import type { Registry } from 'prom-client';

/** /metrics, or where the settings put it: the text format 0.0.4. */
export const metricsRoute: FastifyPluginCallback<{ registry: Registry; telemetryPath: string }> = (
  server,
  { registry, telemetryPath },
  done,
) => {
  server.get(telemetryPath, async (_request, reply) => {
    // Prometheus 3 refuses a page without this header.
    return reply.type(registry.contentType).send(await registry.metrics());
  });
  done();
};
