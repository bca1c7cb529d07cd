import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { freePort } from './prometheus.ts';
import { until } from './until.ts';

// What `.ci/other-otlp` has put into the cache folder.
const tools = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'heapwatch-tools');
const collector = join(tools, 'otelcol-0.160.0');
const victoriaMetrics = join(tools, 'victoria-metrics');

export const hasCollector = existsSync(collector);
export const hasVictoriaMetrics = existsSync(victoriaMetrics);

/** OTLP's JSON, as far as the tests look at it; numbers of 64 bits are text there. */
export interface ResourceMetrics {
  readonly resource: { readonly attributes: readonly KeyValue[] };
  readonly scopeMetrics: readonly { readonly scope: { readonly name: string }; readonly metrics: readonly Metric[] }[];
}

export interface Metric {
  readonly name: string;
  readonly unit?: string;
  readonly gauge?: { readonly dataPoints: readonly DataPoint[] };
  /** Temporality 1 is delta, 2 is cumulative. */
  readonly sum?: {
    readonly dataPoints: readonly DataPoint[];
    readonly aggregationTemporality: 1 | 2;
    readonly isMonotonic?: boolean;
  };
}

export interface DataPoint {
  readonly attributes?: readonly KeyValue[];
  readonly startTimeUnixNano?: string;
  readonly timeUnixNano: string;
  readonly asDouble: number;
}

interface KeyValue {
  readonly key: string;
  readonly value: { readonly stringValue?: string; readonly intValue?: string };
}

/** Attributes as a record; whole numbers as numbers. */
export function recordOf(attributes: readonly KeyValue[] = []): Record<string, string | number | undefined> {
  return Object.fromEntries(
    attributes.map(({ key, value }) => [
      key,
      value.intValue === undefined ? value.stringValue : Number(value.intValue),
    ]),
  );
}

/** A real OpenTelemetry Collector, which passes on what it has understood. */
export interface Collector {
  readonly url: string;
  /** What came of the process of that pid, export by export. */
  exportsOf(pid: number): readonly ResourceMetrics[];
}

/** Starts a Collector with nothing but an OTLP receiver and an exporter to us; both go with the test. */
export async function startCollector(): Promise<Collector> {
  const received: ResourceMetrics[] = [];
  const sink = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      received.push(...JSON.parse(Buffer.concat(chunks).toString()).resourceMetrics);
      response.setHeader('content-type', 'application/json').end('{}');
    });
  });
  await new Promise<void>((resolve) => sink.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    sink.closeAllConnections();
    sink.close();
  });
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${(sink.address() as AddressInfo).port}`;
  const folder = mkdtempSync(join(tmpdir(), 'heapwatch-otelcol-'));
  const file = join(folder, 'config.yaml');
  writeFileSync(
    file,
    `receivers: { otlp: { protocols: { http: { endpoint: '127.0.0.1:${port}' } } } }
exporters:
  otlp_http: { endpoint: '${endpoint}', encoding: json, compression: none, sending_queue: { enabled: false } }
service:
  telemetry: { metrics: { level: none }, logs: { level: warn } }
  pipelines: { metrics: { receivers: [otlp], exporters: [otlp_http] } }
`,
  );
  startTool(collector, [`--config=${file}`], folder);
  const url = `http://127.0.0.1:${port}`;
  await until('the Collector to listen', 60_000, () => post(`${url}/v1/metrics`));
  return {
    url,
    exportsOf: (pid) => received.filter(({ resource }) => recordOf(resource.attributes)['process.pid'] === pid),
  };
}

/** A series as VictoriaMetrics answers it. */
export interface Series {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [number, string];
}

/** A real VictoriaMetrics that turns names and units into Prometheus' names. */
export async function startVictoriaMetrics() {
  const folder = mkdtempSync(join(tmpdir(), 'heapwatch-victoria-'));
  const url = `http://127.0.0.1:${await freePort()}`;
  const flags = [`-storageDataPath=${folder}`, `-httpListenAddr=${new URL(url).host}`, '-loggerLevel=ERROR'];
  startTool(victoriaMetrics, [...flags, '-opentelemetry.usePrometheusNaming', '-search.latencyOffset=0s'], folder);
  await until('VictoriaMetrics to listen', 60_000, () => post(`${url}/opentelemetry/v1/metrics`));
  return {
    endpoint: `${url}/opentelemetry/v1/metrics`,
    async query(expression: string): Promise<Series[]> {
      const query = `${url}/api/v1/query?nocache=1&query=${encodeURIComponent(expression)}`;
      const answer = await fetch(query, { signal: AbortSignal.timeout(10_000) });
      return ((await answer.json()) as { data: { result: Series[] } }).data.result;
    },
  };
}

/** An empty request, which a receiver accepts when it is ready. */
async function post(url: string): Promise<boolean> {
  const headers = { 'content-type': 'application/x-protobuf' };
  const answer = await fetch(url, { method: 'POST', headers, body: '', signal: AbortSignal.timeout(10_000) });
  return answer.ok;
}

function startTool(command: string, args: readonly string[], folder: string): void {
  const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit'] });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  });
}
