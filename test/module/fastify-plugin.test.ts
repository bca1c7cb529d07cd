import { type FastifyInstance, fastify } from 'fastify';
import { Counter, Registry } from 'prom-client';
import { expect, onTestFinished, test } from 'vitest';
import { fastifyHeapwatch } from '../../src/module/fastify-plugin.ts';

function createApp(): FastifyInstance {
  const app = fastify();
  onTestFinished(() => app.close());
  return app;
}

test("the plugin serves the service's own registry with heapwatch_* in it", async () => {
  const register = new Registry();
  new Counter({ name: 'orders_total', help: 'Orders.', registers: [register] }).inc(3);
  const app = createApp();
  await app.register(fastifyHeapwatch, { register, census: false });
  const { statusCode, headers, body } = await app.inject('/metrics');
  expect({ statusCode, type: headers['content-type'] }).toEqual({ statusCode: 200, type: register.contentType });
  expect(body).toContain('orders_total 3');
  expect(body).toMatch(/^heapwatch_heap_used_bytes\{runtime="nodejs"\} \d+$/m);
});

test('without a registry it has one of its own, at the path that is asked for, below the prefix', async () => {
  const app = createApp();
  await app.register(fastifyHeapwatch, { prefix: '/internal', path: '/heap', census: false });
  const { body } = await app.inject('/internal/heap');
  expect(body).toContain('heapwatch_target_up{runtime="nodejs"} 1');
});

test('the server closes the watch', async () => {
  const register = new Registry();
  const app = createApp();
  await app.register(fastifyHeapwatch, { register, census: false });
  await app.close();
  expect(register.getMetricsAsArray()).toEqual([]);
});

test('a registry that is watched already fails the registration, in words', async () => {
  const register = new Registry();
  const app = createApp();
  await app.register(fastifyHeapwatch, { register, census: false });
  await expect(createApp().register(fastifyHeapwatch, { register, census: false })).rejects.toThrow('watchHeap()');
});
