import type { FastifyPluginCallback } from 'fastify';
import { createExporterRegistry } from '../exporters/prometheus.ts';
import type { SnapshotSource } from '../model/snapshot.ts';
import { healthRoutes } from './routes/health.ts';
import { landingRoute } from './routes/landing.ts';
import { metricsRoute } from './routes/metrics.ts';

export interface AppOptions {
  readonly source: SnapshotSource;
  /** Where /metrics answers. */
  readonly telemetryPath: string;
  /** Our own version. */
  readonly version: string;
}

/**
 * Everything we answer over HTTP, as a fastify plugin; it reads the latest snapshot and starts nothing.
 *
 * @example await fastify().register(app, { source: monitor, telemetryPath: '/metrics', version })
 */
export const app: FastifyPluginCallback<AppOptions> = (server, options, done) => {
  const { source, telemetryPath, version } = options;
  const registry = createExporterRegistry(source, { version, nodeVersion: process.version });
  server.register(metricsRoute, { registry, telemetryPath });
  server.register(healthRoutes, { source });
  server.register(landingRoute, { source, telemetryPath, version });
  done();
};
