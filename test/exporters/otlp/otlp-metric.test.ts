import { DataPointType, type MetricData } from '@opentelemetry/sdk-metrics';
import { expect, test } from 'vitest';
import { exporterCatalogue, targetCatalogue } from '../../../src/exporters/otlp/catalogue-metrics.ts';
import { conventionMetrics } from '../../../src/exporters/otlp/convention-metrics.ts';
import { createCounterAccount } from '../../../src/exporters/otlp/counter-account.ts';
import { metricData, type OtlpMetric } from '../../../src/exporters/otlp/otlp-metric.ts';
import { sampleJvm, sampleNode } from '../../metrics/sample-runtimes.ts';
import { sampleSnapshot, sampleTarget } from '../../metrics/sample-snapshot.ts';

const BUILD = { version: '1.2.3', nodeVersion: 'v20.0.0' };
/** When heapwatch began, and when it exports. */
const STARTED_AT = 1_700_000_050;
const NOW = 1_700_000_110;

function dataOf<Source>(metrics: readonly OtlpMetric<Source>[], source: Source, isDelta = false): MetricData[] {
  const counters = createCounterAccount(isDelta, STARTED_AT).export(NOW);
  return metrics.flatMap((metric) => metricData(metric, source, { nowSeconds: NOW, counters, isDelta }) ?? []);
}

/** A line a point, with its start in seconds before the export where it has one. */
function linesOf({ descriptor: { name, unit }, ...data }: MetricData): string[] {
  if (data.dataPointType !== DataPointType.SUM && data.dataPointType !== DataPointType.GAUGE) return ['no histograms'];
  const kind = data.dataPointType === DataPointType.GAUGE ? 'gauge' : data.isMonotonic ? 'counter' : 'updowncounter';
  return data.dataPoints.map(({ attributes, value, startTime: [start] }) => {
    const since = start === 0 ? '' : ` since ${start - NOW} s`;
    return `${name}${JSON.stringify(attributes)} ${unit || '-'} ${kind} ${value}${since}`;
  });
}

test('what is exported of known processes is the golden', async () => {
  const snapshot = sampleSnapshot();
  const lines = [sampleTarget(), sampleNode(), sampleJvm()].flatMap((target, index) => [
    `# ${target.target.serviceName}`,
    // Of the others only what differs.
    ...(index === 0 ? dataOf(targetCatalogue(STARTED_AT), { target, snapshot }) : []).flatMap(linesOf),
    ...dataOf(conventionMetrics, { target, snapshot }).flatMap(linesOf),
  ]);
  lines.push('# heapwatch', ...dataOf(exporterCatalogue(BUILD, STARTED_AT), snapshot).flatMap(linesOf));
  await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot('../../golden/otlp.txt');
});

test('no name is exported twice', () => {
  const names = [...targetCatalogue(0), ...exporterCatalogue(BUILD, 0), ...conventionMetrics].map(({ name }) => name);
  expect(names).toEqual([...new Set(names)]);
});

test('a metric without a value is not exported, nor is an impossible value', () => {
  const process = { residentBytes: Number.NaN, cpuSeconds: Number.POSITIVE_INFINITY };
  const target = sampleTarget({ vitals: { atSeconds: 1, process } });
  expect(dataOf(conventionMetrics, { target, snapshot: sampleSnapshot() })).toEqual([]);
});

test('as differences, counters of a process that is older than we have none at first, and our own have', () => {
  const source = { target: sampleTarget(), snapshot: sampleSnapshot() };
  const counters = dataOf(targetCatalogue(STARTED_AT), source, true).filter(
    (data) => data.dataPointType === DataPointType.SUM,
  );
  expect(counters.flatMap(linesOf)).toEqual([
    'heapwatch.census{"result":"ok"} - counter 3 since -60 s',
    'heapwatch.census{"result":"refused"} - counter 0 since -60 s',
    'heapwatch.census{"result":"failed"} - counter 1 since -60 s',
    'heapwatch.census{"result":"skipped_budget"} - counter 0 since -60 s',
    'heapwatch.census{"result":"skipped_swap"} - counter 0 since -60 s',
  ]);
});
