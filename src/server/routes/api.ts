import type { FastifyPluginCallback } from 'fastify';
import { openApiDocument } from '../../exporters/json/openapi.ts';
import { schemas } from '../../exporters/json/schemas.ts';
import { targetId, targetJson, targetsJson } from '../../exporters/json/target-json.ts';
import type { HistorySource, TargetHistory } from '../../model/history.ts';
import type { SnapshotSource } from '../../model/snapshot.ts';

interface ApiOptions {
  readonly source: SnapshotSource;
  /** Without one targets are told without their history. */
  readonly history?: HistorySource;
  readonly version: string;
}

const targetQuery = { type: 'object', properties: { since: { type: 'number' } } };

/** The API under /api/v1, for programs; openapi.json there describes it. */
export const apiRoutes: FastifyPluginCallback<ApiOptions> = (server, { source, history, version }, done) => {
  server.addHook('onRequest', (_request, reply, next) => {
    reply.header('cache-control', 'no-store');
    next();
  });

  server.get('/api/v1/targets', { schema: { response: { 200: schemas.targets } } }, () => targetsJson(source.latest()));

  server.get<{ Params: { id: string }; Querystring: { since?: number } }>(
    '/api/v1/targets/:id',
    { schema: { querystring: targetQuery, response: { 200: schemas.target, 404: schemas.error } } },
    ({ params, query }, reply) => {
      const snapshot = source.latest();
      const target = snapshot.targets.find((candidate) => targetId(candidate.target.process) === params.id);
      if (target !== undefined) {
        return targetJson(target, snapshot, newerThan(query.since, history?.history(target.target.process)));
      }
      const message = `there is no target ${JSON.stringify(params.id)}: it has ended, or was never watched; /api/v1/targets lists those that there are`;
      return reply.code(404).send({ statusCode: 404, error: 'Not Found', message });
    },
  );

  const document = openApiDocument(version);
  server.get('/api/v1/openapi.json', () => document);
  done();
};

/** A day is half a megabyte: whoever asks again and again has the most of it. */
function newerThan(since: number | undefined, history: TargetHistory | undefined): TargetHistory | undefined {
  if (since === undefined || history === undefined) return history;
  const isNewer = ({ atSeconds }: { readonly atSeconds: number }) => atSeconds > since;
  return { readings: history.readings.filter(isNewer), censuses: history.censuses.filter(isNewer) };
}
