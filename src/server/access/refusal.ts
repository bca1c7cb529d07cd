import { STATUS_CODES } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** Answers that something is not to be had, and why: the API's programs in JSON, people in words. */
export function refuse(
  request: FastifyRequest,
  reply: FastifyReply,
  statusCode: number,
  message: string,
): FastifyReply {
  reply.code(statusCode).header('cache-control', 'no-store');
  if (request.url.startsWith('/api/')) return reply.send({ statusCode, error: STATUS_CODES[statusCode], message });
  return reply.type('text/plain').send(message);
}
