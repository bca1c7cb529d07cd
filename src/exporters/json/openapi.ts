import { schemas } from './schemas.ts';

type Answer = keyof typeof schemas;

/** The description of the API for machines, OpenAPI 3.1: by hand, around the schemas that the routes answer by. */
export function openApiDocument(version: string): object {
  return {
    openapi: '3.1.0',
    info: {
      title: 'heapwatch',
      version,
      description:
        'Watched processes, what fills their heaps, and how that changed. Times are Unix times in seconds, sizes bytes. ' +
        'What is not known is absent, never 0. --web.api decides who is answered.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    paths: {
      '/api/v1/targets': {
        get: {
          operationId: 'listTargets',
          summary: 'All targets in short',
          security,
          responses: { 200: answer('targets'), ...refusals },
        },
      },
      '/api/v1/targets/{id}': {
        get: {
          operationId: 'getTarget',
          summary: 'One target: vitals, verdict with its evidence, limits, types, history',
          security,
          parameters: [
            {
              name: 'id',
              in: 'path',
              required: true,
              description: 'Pid and start time, as the list of targets tells it.',
              schema: { type: 'string', examples: ['4711-250017'] },
            },
            {
              name: 'since',
              in: 'query',
              required: false,
              description: 'Of the history only what is newer than this Unix time.',
              schema: { type: 'number' },
            },
          ],
          responses: { 200: answer('target'), ...refusals, 404: answer('error', 'There is no such target.') },
        },
      },
      '/api/v1/events': {
        get: {
          operationId: 'listenToTargets',
          summary: 'What the page at / is told while it is open',
          security,
          responses: {
            200: {
              description:
                'Server-sent events: first `trends`, the last hour of each target as pairs of Unix time and bytes of heap, ' +
                'then `targets`, what /api/v1/targets answers, at once and whenever there is news.',
              content: { 'text/event-stream': { schema: { type: 'string' } } },
            },
            ...refusals,
            503: answer('error', 'Too many listen already.'),
          },
        },
      },
      '/api/v1/incidents': {
        get: {
          operationId: 'listIncidents',
          summary: 'Processes that died of memory, or were ill when they ended',
          security,
          responses: { 200: answer('incidents'), ...refusals },
        },
      },
      '/api/v1/incidents/{id}': {
        get: {
          operationId: 'getIncident',
          summary: 'All that is kept of one: ending with its proof, verdict with its evidence, types, history',
          security,
          parameters: [incidentId],
          responses: { 200: answer('incident'), ...refusals, 404: answer('error', 'There is no such incident.') },
        },
      },
      '/api/v1/incidents/{id}/report': {
        get: {
          operationId: 'getIncidentReport',
          summary: 'The same as a page that stands for itself, to be attached to a ticket',
          security,
          parameters: [incidentId],
          responses: {
            200: { description: 'HTML.', content: { 'text/html': { schema: { type: 'string' } } } },
            ...refusals,
            404: answer('error', 'There is no such incident.'),
          },
        },
      },
      '/api/v1/openapi.json': {
        get: {
          operationId: 'getDescription',
          summary: 'This document',
          security,
          responses: {
            200: { description: 'OpenAPI 3.1.', content: { 'application/json': { schema: { type: 'object' } } } },
            ...refusals,
          },
        },
      },
    },
    components: { schemas, securitySchemes: { password: { type: 'http', scheme: 'basic' } } },
  };
}

const incidentId = {
  name: 'id',
  in: 'path',
  required: true,
  description: 'Time and pid, as the list of incidents tells it.',
  schema: { type: 'string', examples: ['20261122T213045Z-4711'] },
};

/** A password is asked for when --web.config.file has users. */
const security = [{}, { password: [] }];

const refusals = {
  401: answer('error', 'It needs a password.'),
  403: answer('error', '--web.api does not allow it.'),
  429: answer('error', 'Too many requests, or too dear ones.'),
};

function answer(name: Answer, description: string = schemas[name].description ?? '') {
  return {
    description,
    content: { 'application/json': { schema: { $ref: `#/components/schemas/${name}` } } },
  };
}
