import type { FastifyPluginAsync } from 'fastify';
import { Registry } from 'prom-client';
import type { HeapWatchOptions } from './options.ts';
import { watchHeap } from './watch-heap.ts';

export interface FastifyHeapwatchOptions extends HeapWatchOptions {
  /** Where the page answers, below the plugin's prefix; `/metrics` when not given. */
  readonly path?: string;
}

/**
 * Watches the heap from `register` on until the server closes, and serves the registry as a page for Prometheus: the
 * service's own `register` with all that is in it, or a new one.
 *
 * @example app.register(fastifyHeapwatch, { register: promClient.register })
 */
export const fastifyHeapwatch: FastifyPluginAsync<FastifyHeapwatchOptions> = async (server, options) => {
  const { path = '/metrics', register = new Registry(), log = server.log } = options;
  const watch = watchHeap({ ...options, register, log });
  server.get(path, async (_request, reply) => reply.type(register.contentType).send(await register.metrics()));
  server.addHook('onClose', () => watch.close());
};
