import type { FastifyPluginCallback, FastifyReply } from 'fastify';
import { incidentsJson } from '../../exporters/json/incident-json.ts';
import { schemas } from '../../exporters/json/schemas.ts';
import type { IncidentSource } from '../../model/incident.ts';

/** A report has its style in itself and nothing that runs; it is a file that was written once, so it is shown in a box. */
const reportPolicy =
  "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox";

interface IncidentOptions {
  /** Without one there are none. */
  readonly incidents?: IncidentSource;
}

const noIncidents: IncidentSource = { incidents: () => [], incident: () => undefined, report: () => undefined };

/** What is kept of targets that died: in short, whole, and as a page for people. */
export const incidentRoutes: FastifyPluginCallback<IncidentOptions> = (server, { incidents = noIncidents }, done) => {
  server.addHook('onRequest', (_request, reply, next) => {
    reply.header('cache-control', 'no-store');
    next();
  });

  const { incidents: list, incident: whole, error } = schemas;

  server.get('/api/v1/incidents', { schema: { response: { 200: list } } }, () => incidentsJson(incidents));

  server.get<{ Params: { id: string } }>(
    '/api/v1/incidents/:id',
    { schema: { response: { 200: whole, 404: error } } },
    ({ params }, reply) => incidents.incident(params.id) ?? notFound(reply, params.id),
  );

  server.get<{ Params: { id: string } }>(
    '/api/v1/incidents/:id/report',
    { schema: { response: { 404: error } } },
    ({ params }, reply) => {
      const report = incidents.report(params.id);
      if (report === undefined) return notFound(reply, params.id);
      return reply.type('text/html; charset=utf-8').header('content-security-policy', reportPolicy).send(report);
    },
  );
  done();
};

function notFound(reply: FastifyReply, id: string) {
  const message = `there is no incident ${JSON.stringify(id)}: /api/v1/incidents lists those that there are`;
  return reply.code(404).send({ statusCode: 404, error: 'Not Found', message });
}
