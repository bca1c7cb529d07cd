import { expect, test } from 'vitest';
import { otelName } from '../../src/exporters/otel-instruments.ts';
import { catalogue } from '../../src/metrics/catalogue.ts';

/** What Prometheus makes of a name, as the specification on compatibility says: unit first, then `_total`. */
function prometheusName(kind: 'gauge' | 'counter', { name, unit }: { name: string; unit?: string }): string {
  const units: Readonly<Record<string, string>> = { By: '_bytes', s: '_seconds', 'By/s': '_bytes_per_second' };
  const suffix = unit === '1' ? (kind === 'gauge' ? '_ratio' : '') : (units[unit ?? ''] ?? '');
  return `${name.replaceAll('.', '_')}${suffix}${kind === 'counter' ? '_total' : ''}`;
}

test.each(catalogue.map(({ name, kind }) => ({ name, kind })))(
  '$name is the same through OpenTelemetry as on our page',
  ({ name, kind }) => {
    expect(prometheusName(kind, otelName(name))).toBe(name);
  },
);

test.each([
  ['heapwatch_heap_used_bytes', { name: 'heapwatch.heap.used', unit: 'By' }],
  ['heapwatch_gc_pause_seconds_total', { name: 'heapwatch.gc.pause', unit: 's' }],
  ['heapwatch_memory_limit_used_ratio', { name: 'heapwatch.memory.limit.used', unit: '1' }],
  ['heapwatch_growth_bytes_per_second', { name: 'heapwatch.growth', unit: 'By/s' }],
  ['heapwatch_objects', { name: 'heapwatch.objects' }],
])('%s is called as OpenTelemetry calls such things', (name, expected) => {
  expect(otelName(name)).toEqual(expected);
});

test('no two metrics become one instrument', () => {
  const names = catalogue.map(({ name }) => otelName(name).name);
  expect(new Set(names).size).toBe(names.length);
});
