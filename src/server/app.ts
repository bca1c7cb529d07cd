import { fileURLToPath } from 'node:url';
import type { FastifyPluginCallback } from 'fastify';
import { isAuthenticating } from '../config/web-config/web-config.ts';
import { type CompatName, createCompatExposition } from '../exporters/compat-exposition.ts';
import { createExposition } from '../exporters/exposition.ts';
import type { HistorySource } from '../model/history.ts';
import type { IncidentSource } from '../model/incident.ts';
import type { SnapshotSource } from '../model/snapshot.ts';
import { type ApiAccess, accessGuard } from './access/api-access.ts';
import { addGate, everybody, type WebAccess } from './access/gate.ts';
import { refuse } from './access/refusal.ts';
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
  /** The client libraries by whose names processes are told below it, at /compat; without any there is no such page. */
  readonly compat?: readonly CompatName[];
  /** Who sees the page and the API; `auto` unless told otherwise. */
  readonly api?: ApiAccess;
  /** Passwords, headers and limits; without any everybody is let in. */
  readonly web?: WebAccess;
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
  const {
    source,
    telemetryPath,
    compat = [],
    version,
    api = 'auto',
    web = everybody,
    assetsFolder = builtAssets,
  } = options;
  addGate(server, web);
  server.setNotFoundHandler((request, reply) => {
    refuse(request, reply, 404, 'there is nothing here: / lists what there is\n');
  });
  const assets = readAssets(assetsFolder);
  const exposition = createExposition(withWebConfig(source, web), { version, nodeVersion: process.version });
  server.register(metricsRoute, { exposition, telemetryPath });
  if (compat.length > 0) {
    const renamed = createCompatExposition(source, compat);
    server.register(metricsRoute, { exposition: renamed, telemetryPath: `${telemetryPath}/compat` });
  }
  server.register(healthRoutes, { source });
  server.register((guarded, _options, ready) => {
    guarded.addHook(
      'onRequest',
      accessGuard(api, () => isAuthenticating(web.config())),
    );
    guarded.register(landingRoute, { ...options, assets });
    guarded.register(assetRoutes, { assets });
    guarded.register(apiRoutes, options);
    guarded.register(incidentRoutes, options);
    guarded.register(eventsRoute, options);
    ready();
  });
  done();
};

/** The monitor knows nothing of the web. */
function withWebConfig(source: SnapshotSource, { state }: WebAccess): SnapshotSource {
  return state === undefined ? source : { latest: () => ({ ...source.latest(), webConfig: state() }) };
}
