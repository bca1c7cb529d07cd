import type { FastifyPluginCallback } from 'fastify';
import type { Exposition } from '../../exporters/exposition.ts';

/** /metrics, or where the settings put it: the text format 0.0.4 or OpenMetrics 1.0.0, as the scraper asks. */
export const metricsRoute: FastifyPluginCallback<{ exposition: Exposition; telemetryPath: string }> = (
  server,
  { exposition, telemetryPath },
  done,
) => {
  server.get(telemetryPath, async ({ headers }, reply) => {
    const { contentType, body } = await exposition.page(headers.accept);
    return reply.type(contentType).header('vary', 'accept').send(body);
  });
  done();
};
