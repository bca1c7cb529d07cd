import { fileURLToPath } from 'node:url';
import fastify, { type FastifyInstance } from 'fastify';
import { onTestFinished } from 'vitest';
import type { HistorySource } from '../../src/model/history.ts';
import type { SnapshotSource } from '../../src/model/snapshot.ts';
import { app } from '../../src/server/app.ts';

const assetsFolder = fileURLToPath(new URL('../../dist/server/page/assets', import.meta.url));

export interface ServedPage {
  readonly url: string;
  readonly server: FastifyInstance;
}

/** Serves the built page with what a test makes up; ends with the test. */
export async function servePage(source: SnapshotSource, history?: HistorySource, port = 0): Promise<ServedPage> {
  const server = fastify({ forceCloseConnections: true });
  const telemetryPath = '/metrics';
  server.register(app, { source, telemetryPath, version: '1.2.3', assetsFolder, ...(history && { history }) });
  onTestFinished(() => server.close());
  return { url: await server.listen({ host: '127.0.0.1', port }), server };
}
