import { expect, test } from 'vitest';
import { catalogue, type MetricName } from '../../src/metrics/catalogue.ts';

test('every name stands once', () => {
  const names = catalogue.map(({ name }) => name);
  expect(names).toEqual([...new Set(names)]);
});

test('exactly the counters end in _total', () => {
  for (const { name, kind } of catalogue) expect([name, name.endsWith('_total')]).toEqual([name, kind === 'counter']);
});

test('a name that does not exist is no MetricName', () => {
  const known: MetricName = 'heapwatch_objects';
  // @ts-expect-error -- this is the test: dashboards that name it must not compile
  const unknown: MetricName = 'heapwatch_obejcts';
  const names: readonly string[] = catalogue.map(({ name }) => name);
  expect([names.includes(known), names.includes(unknown)]).toEqual([true, false]);
});

test('help is one line that ends with a full stop', () => {
  for (const { help } of catalogue) expect(help).toMatch(/^[A-Z][^\n]*\.$/);
});
