import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { startServer } from './heapwatch.ts';
import { anyInterpreter } from './interpreters.ts';
import { testNeeding } from './needs.ts';
import {
  type DataPoint,
  hasCollector,
  hasVictoriaMetrics,
  recordOf,
  startCollector,
  startVictoriaMetrics,
} from './otlp-receivers.ts';
import { asOwnService, watchOwnService } from './own-service.ts';
import { startCommand, startProgramWith } from './program.ts';
import { freePort } from './prometheus.ts';
import { programsFolder } from './readable.ts';
import { until } from './until.ts';

const python = anyInterpreter?.path ?? '/usr/bin/python3';

testNeeding('victoria-metrics (.ci/other-otlp)', hasVictoriaMetrics)(
  'a real VictoriaMetrics has the series under the names of /metrics, and those of the conventions',
  async () => {
    const program = await startProgramWith(asOwnService, python, 'healthy.py');
    const victoria = await startVictoriaMetrics();
    const server = await startServer(watchOwnService, {
      OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: victoria.endpoint,
      OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip',
      OTEL_METRIC_EXPORT_INTERVAL: '1000',
    });
    const orders = await until('the orders', 60_000, async () => {
      const [series] = await victoria.query(`heapwatch_objects{process_pid="${program.pid}",type="__main__.Order"}`);
      return series;
    });
    expect(orders.metric).toMatchObject({
      process_runtime_name: 'cpython',
      service_name: asOwnService.OTEL_SERVICE_NAME,
      process_executable_name: expect.stringMatching(/^python/),
    });
    expect(Number(orders.value[1])).toBeGreaterThanOrEqual(10_000);
    const scrape = async () => {
      const page = await (await fetch(`${server.url}/metrics`)).text();
      return page.split('\n').flatMap((line) => (line.includes(`pid="${program.pid}"`) ? [line.split('{')[0]!] : []));
    };
    const before = await scrape();
    // What the page tells now comes with the next export.
    const names = await until('all the names of the page', 60_000, async () => {
      const got = await victoria.query(`count({process_pid="${program.pid}"}) by (__name__)`);
      const found = new Set(got.map(({ metric }) => metric.__name__ ?? ''));
      return before.every((name) => found.has(name)) ? found : undefined;
    });
    const scraped = new Set([...before, ...(await scrape())]);
    expect([...names].filter((name) => !scraped.has(name)).sort()).toEqual([
      'cpython_gc_collected_objects_total',
      'cpython_gc_collections_total',
      'cpython_gc_uncollectable_objects_total',
      'process_cpu_time_seconds_total',
      'process_memory_usage_bytes',
      'process_thread_count',
      'process_unix_file_descriptor_count',
    ]);
  },
);

testNeeding('the OpenTelemetry Collector (.ci/other-otlp)', hasCollector)(
  'differences follow each other without gap, and add up to the whole',
  async () => {
    const collector = await startCollector();
    const server = await startServer(watchOwnService, {
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_METRIC_EXPORT_INTERVAL: '500',
      OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: 'delta',
    });
    await until('an export', 60_000, () => collector.exportsOf(server.pid)[0]);
    // Younger than heapwatch: its counting began under our eyes.
    const program = await startProgramWith(asOwnService, python, 'leak.py', '200');
    const points = await until('differences of CPU time', 120_000, () => {
      const found = collector.exportsOf(program.pid).flatMap(({ scopeMetrics }) => {
        const metric = scopeMetrics[0]?.metrics.find(({ name }) => name === 'process.cpu.time');
        expect(metric?.sum?.aggregationTemporality ?? 1).toBe(1);
        return metric?.sum?.dataPoints ?? [];
      });
      return found.length >= 20 ? found : undefined;
    });
    const nano = (text: string | undefined) => BigInt(text ?? 0);
    points.slice(1).forEach((point: DataPoint, index) => {
      expect(nano(point.startTimeUnixNano)).toBe(nano(points[index]?.timeUnixNano));
    });
    const total = points.reduce((sum, { asDouble }) => sum + asDouble, 0);
    const stat = readFileSync(`/proc/${program.pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
    const cpuSeconds = (Number(stat[11]) + Number(stat[12])) / 100;
    expect(total).toBeGreaterThan(0);
    expect(total).toBeLessThanOrEqual(cpuSeconds);
    const kinds = collector.exportsOf(program.pid).flatMap(({ scopeMetrics }) => scopeMetrics[0]?.metrics ?? []);
    const levels = kinds.filter(({ name }) => name === 'process.memory.usage');
    expect(levels.every(({ sum }) => sum?.aggregationTemporality === 2)).toBe(true);
  },
);

testNeeding('the OpenTelemetry Collector (.ci/other-otlp), and root', hasCollector && process.getuid?.() === 0)(
  'a process on another host, as a container is one, does not bear our name',
  async () => {
    const collector = await startCollector();
    const program = await startCommand(asOwnService, 'unshare', ['--uts', python, `${programsFolder}healthy.py`]);
    await startServer(watchOwnService, {
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_METRIC_EXPORT_INTERVAL: '500',
    });
    const told = await until('an export', 60_000, () => collector.exportsOf(program.pid)[0]);
    const names = Object.keys(recordOf(told.resource.attributes));
    expect(names).toContain('process.pid');
    expect(names).not.toContain('host.name');
  },
);

test('a receiver that accepts and never answers costs no memory and no scrape, and does not hold up the end', async () => {
  const connections = new Set<unknown>();
  const receiver = createServer((socket) => {
    connections.add(socket.on('error', () => undefined).resume());
  });
  const port = await freePort();
  await new Promise<void>((resolve) => receiver.listen(port, '127.0.0.1', resolve));
  onTestFinished(() => void receiver.close());
  const programs = await Promise.all(
    Array.from({ length: 5 }, () => startProgramWith(asOwnService, python, 'healthy.py')),
  );
  const server = await startServer([...watchOwnService, '--census.types=1000'], {
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
    OTEL_METRIC_EXPORT_INTERVAL: '50',
    OTEL_EXPORTER_OTLP_TIMEOUT: '100',
    // What V8 takes for the young, which is garbage, goes up and down by more than what is looked for.
    NODE_OPTIONS: '--max-semi-space-size=1',
  });
  const scrape = async () => {
    const answer = await fetch(`${server.url}/metrics`, { signal: AbortSignal.timeout(30_000) });
    expect(answer.status).toBe(200);
    return answer.text();
  };
  const timeouts = async () => {
    const [, count] =
      /heapwatch_collector_errors_total\{collector="otlp",reason="timeout"\} (\d+)/.exec(await scrape()) ?? [];
    return Number(count ?? 0);
  };
  const residentBytes = () =>
    Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'))?.[1]) * 1024;
  // Warm: all code has run, the heap has found its size.
  await until('many failures', 120_000, async () => (await timeouts()) >= 150 || undefined);
  for (let count = 0; count < 50; count++) await scrape();
  const before = residentBytes();
  await until('many more', 240_000, async () => {
    await pause(1000);
    return (await timeouts()) >= 450 || undefined;
  });
  // A request is some 110 kB: kept, they would be 33 MB.
  expect(residentBytes() - before).toBeLessThan(25_000_000);
  expect((await scrape()).includes(`pid="${programs[0]?.pid}"`)).toBe(true);
  expect(connections.size).toBeGreaterThan(200);
  expect(await server.stop()).toBe(0);
}, 480_000);
