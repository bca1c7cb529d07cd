import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { expect, onTestFinished, test, vi } from 'vitest';
import { watchHeap } from '../../src/module/watch-heap.ts';
import { until } from '../real/until.ts';

function startProvider() {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 });
  const provider = new MeterProvider({ readers: [reader] });
  onTestFinished(() => provider.shutdown());
  const collect = async () => {
    exporter.reset();
    await provider.forceFlush();
    const scopes = exporter.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics);
    return new Map(scopes.flatMap(({ metrics }) => metrics).map((metric) => [metric.descriptor.name, metric]));
  };
  return { meter: provider.getMeter('service'), collect };
}

test("through a user's meter go the catalogue and what the semantic conventions name", async () => {
  const { meter, collect } = startProvider();
  const watch = watchHeap({ meter, census: false });
  onTestFinished(() => watch.close());
  const metrics = await until('a collection to be seen', 20_000, async () => {
    Array.from({ length: 300_000 }, (_, index) => ({ index }));
    const seen = await collect();
    return seen.has('v8js.gc.duration') ? seen : undefined;
  });
  expect(metrics.get('heapwatch.heap.used')).toMatchObject({
    descriptor: { unit: 'By' },
    dataPoints: [{ attributes: {}, value: expect.any(Number) }],
  });
  const attributes = (name: string) => metrics.get(name)!.dataPoints.map((point) => point.attributes);
  expect(attributes('heapwatch.gc.collections')).toEqual([{ gc: 'minor' }, { gc: 'major' }]);
  for (const name of ['used', 'space.size', 'space.available_size', 'space.physical_size']) {
    expect(attributes(`v8js.memory.heap.${name}`)).toContainEqual({ 'v8js.heap.space.name': 'old_space' });
  }
  expect(metrics.get('v8js.gc.duration')).toMatchObject({
    descriptor: { unit: 's' },
    dataPoints: [{ value: { buckets: { boundaries: [0.01, 0.1, 1, 10] } } }],
  });
  expect(attributes('v8js.gc.duration')).toContainEqual({ 'v8js.gc.type': 'minor' });
  const ours = metrics.get('heapwatch.gc.duration')!.dataPoints.find(({ attributes: { gc } }) => gc === 'minor');
  expect(ours).toMatchObject({ value: { count: expect.any(Number) } });
});

test('closing takes every callback back', async () => {
  const { meter } = startProvider();
  const added = vi.spyOn(meter, 'addBatchObservableCallback');
  const removed = vi.spyOn(meter, 'removeBatchObservableCallback');
  const watch = watchHeap({ meter, census: false });
  expect(added).toHaveBeenCalled();
  await watch.close();
  expect(removed.mock.calls).toEqual(added.mock.calls);
});
