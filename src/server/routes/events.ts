import type { FastifyPluginCallback } from 'fastify';
import { createEventStream, type EventStreamOptions } from '../event-stream.ts';

/** /api/v1/events: what the page is told while it is open, as server-sent events. */
export const eventsRoute: FastifyPluginCallback<EventStreamOptions> = (server, options, done) => {
  const stream = createEventStream(options);
  // Before the server waits for its connections to end: these never do by themselves.
  server.addHook('preClose', (closed) => {
    stream.close();
    closed();
  });

  server.get('/api/v1/events', { config: { endless: true } }, (_request, reply) => {
    if (stream.isFull()) {
      const message = 'too many pages are open: close some, or read /api/v1/targets instead';
      reply.code(503).header('retry-after', '60').send({ statusCode: 503, error: 'Service Unavailable', message });
      return;
    }
    reply.hijack();
    reply.raw.writeHead(200, {
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
    });
    stream.add(reply.raw);
  });
  done();
};
