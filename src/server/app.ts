import { fileURLToPath } from 'node:url';
import type { FastifyPluginCallback } from 'fastify';
import { createExposition } from '../exporters/exposition.ts';
import type { HistorySource } from '../model/history.ts';
import type { IncidentSource } from '../model/incident.ts';
import type { SnapshotSource } from '../model/snapshot.ts';
import { type ApiAccess, accessGuard } from './access.ts';
import { readAssets } from './assets.ts';
import { apiRoutes } from './routes/api.ts';
import { assetRoutes } from './routes/assets.ts';
import { eventsRoute } from './routes/events.ts';
import { healthRoutes } from './routes/health.ts';
import { incidentRoutes } from './routes/incidents.ts';
import { landingRoute } from './routes/landing.ts';
import { metricsRoute } from './routes/metrics.ts';

export interface AppOptions {
  readonly source: SnapshotSource;
  /** What the API tells of targets' past; without one, nothing. */
  readonly history?: HistorySource;
  /** What is kept of targets that died; without one, nothing. */
  readonly incidents?: IncidentSource;
  /** Where /metrics answers. */
  readonly telemetryPath: string;
  /** Who sees the page and the API; `auto`, those on this machine, unless told otherwise. */
  readonly api?: ApiAccess;
  /** Where script, style and icon of the page lie; beside it, unless told otherwise. */
  readonly assetsFolder?: string;
  /** Our own version. */
  readonly version: string;
}

const builtAssets = fileURLToPath(new URL('page/assets', import.meta.url));

/**
 * Everything we answer over HTTP, as a fastify plugin; it reads the latest snapshot and starts nothing.
 *
 * @example await fastify().register(app, { source: monitor, telemetryPath: '/metrics', version })
 */
export const app: FastifyPluginCallback<AppOptions> = (server, options, done) => {
  const { source, telemetryPath, version, api = 'auto', assetsFolder = builtAssets } = options;
  const assets = readAssets(assetsFolder);
  const exposition = createExposition(source, { version, nodeVersion: process.version });
  server.register(metricsRoute, { exposition, telemetryPath });
  server.register(healthRoutes, { source });
  server.register((guarded, _options, ready) => {
    guarded.addHook('onRequest', accessGuard(api));
    guarded.register(landingRoute, { ...options, assets });
    guarded.register(assetRoutes, { assets });
    guarded.register(apiRoutes, options);
    guarded.register(incidentRoutes, options);
    guarded.register(eventsRoute, options);
    ready();
  });
  done();
};
