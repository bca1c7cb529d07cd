import { hostname } from 'node:os';
import { expect } from 'vitest';
import { startServer } from './heapwatch.ts';
import { anyInterpreter } from './interpreters.ts';
import { testNeeding } from './needs.ts';
import { hasCollector, type Metric, type ResourceMetrics, recordOf, startCollector } from './otlp-receivers.ts';
import { asOwnService, watchOwnService } from './own-service.ts';
import { startProgramWith } from './program.ts';
import { until } from './until.ts';

const python = anyInterpreter?.path ?? '/usr/bin/python3';

/** Kind and unit of each metric, with the names of its attributes. */
function shapeOf({ name, unit = '', sum, gauge }: Metric): [string, string] {
  const kind = sum === undefined ? 'gauge' : sum.isMonotonic ? 'counter' : 'updowncounter';
  const attributes = Object.keys(recordOf((sum ?? gauge)?.dataPoints[0]?.attributes));
  return [name, [kind, unit, ...attributes].join(' ').trim()];
}

function metricsOf({ scopeMetrics }: ResourceMetrics): Map<string, Metric> {
  return new Map(scopeMetrics.flatMap(({ metrics }) => metrics).map((metric) => [metric.name, metric]));
}

testNeeding('the OpenTelemetry Collector (.ci/other-otlp)', hasCollector)(
  'a real Collector gets every process as a resource, by the names of heapwatch and of the semantic conventions',
  async () => {
    const [collector, ofPython, ofNode] = await Promise.all([
      startCollector(),
      startProgramWith(
        { ...asOwnService, OTEL_RESOURCE_ATTRIBUTES: 'service.namespace=checkout' },
        python,
        'healthy.py',
      ),
      startProgramWith(asOwnService, process.execPath, 'v8-vitals.mjs'),
    ]);
    const server = await startServer(watchOwnService, {
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_METRIC_EXPORT_INTERVAL: '500',
    });
    const first = await until('the objects of the Python program', 60_000, () =>
      collector
        .exportsOf(ofPython.pid)
        .find((one) => ['heapwatch.objects', 'heapwatch.heap.used'].every((name) => metricsOf(one).has(name))),
    );
    expect(recordOf(first.resource.attributes)).toEqual({
      'service.name': asOwnService.OTEL_SERVICE_NAME,
      'service.namespace': 'checkout',
      'service.instance.id': expect.stringMatching(`^${ofPython.pid}-\\d+@${hostname()}$`),
      'process.pid': ofPython.pid,
      'process.executable.name': expect.stringMatching(/^python/),
      'process.runtime.name': 'cpython',
      'process.runtime.version': expect.stringMatching(/^\d\.\d+\.\d+/),
      'host.name': hostname(),
    });
    expect(Object.fromEntries([...metricsOf(first).values()].map(shapeOf))).toMatchObject({
      'heapwatch.heap.used': 'gauge By',
      'heapwatch.objects': 'gauge  type',
      'heapwatch.gc.collections': 'counter  gc',
      'heapwatch.verdict': 'gauge  verdict cause',
      'process.memory.usage': 'updowncounter By',
      'process.cpu.time': 'counter s',
      'process.thread.count': 'updowncounter {thread}',
      'process.unix.file_descriptor.count': 'updowncounter {file_descriptor}',
      'cpython.gc.collections': 'counter {collection} cpython.gc.generation',
      'cpython.gc.collected_objects': 'counter {object} cpython.gc.generation',
      'cpython.gc.uncollectable_objects': 'counter {object} cpython.gc.generation',
    });
    const orders = metricsOf(first)
      .get('heapwatch.objects')
      ?.gauge?.dataPoints.find(({ attributes }) => recordOf(attributes).type === '__main__.Order');
    expect(orders?.asDouble).toBeGreaterThanOrEqual(10_000);

    const later = await until('two more exports', 60_000, () => collector.exportsOf(ofPython.pid).at(2));
    const [before, after] = [first, later].map((one) => metricsOf(one).get('process.cpu.time')?.sum);
    expect([before?.aggregationTemporality, after?.aggregationTemporality]).toEqual([2, 2]);
    // Whole sums, counted since the process began.
    const startSeconds = metricsOf(first).get('heapwatch.process.start.time')?.gauge?.dataPoints[0]?.asDouble ?? 0;
    for (const sum of [before, after]) {
      expect(Number(sum?.dataPoints[0]?.startTimeUnixNano) / 1e9).toBeCloseTo(startSeconds, 3);
    }

    const node = await until('the Node.js program', 60_000, () => collector.exportsOf(ofNode.pid).at(-1));
    const shapes = Object.fromEntries([...metricsOf(node).values()].map(shapeOf));
    expect(shapes['v8js.memory.heap.used']).toBe('updowncounter By v8js.heap.space.name');
    const spaces = metricsOf(node).get('v8js.memory.heap.used')?.sum?.dataPoints ?? [];
    expect(spaces.map(({ attributes }) => recordOf(attributes)['v8js.heap.space.name'])).toEqual(
      expect.arrayContaining(['new_space', 'old_space', 'code_space', 'large_object_space']),
    );

    const own = await until('heapwatch itself', 60_000, () => collector.exportsOf(server.pid)[0]);
    expect(recordOf(own.resource.attributes)).toMatchObject({ 'service.name': 'heapwatch' });
    expect([...metricsOf(own).keys()]).toEqual(expect.arrayContaining(['heapwatch.targets', 'heapwatch.build.info']));
    expect(await server.stop()).toBe(0);
  },
);
