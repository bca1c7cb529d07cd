import { expect, test } from 'vitest';
import { ofProcess } from '../../src/dashboards/chosen-process.ts';
import { metric } from '../../src/dashboards/metric.ts';

test('a metric is selected by its name and labels', () => {
  expect(metric('heapwatch_build_info')).toBe('heapwatch_build_info');
  expect(metric('heapwatch_objects', { type: 'dict', pid: '7' })).toBe('heapwatch_objects{type="dict", pid="7"}');
  expect(metric('heapwatch_gc_collections_total', { gc: /2|major/ })).toBe(
    'heapwatch_gc_collections_total{gc=~"2|major"}',
  );
});

test('quotes and backslashes in a value are escaped as PromQL wants them', () => {
  expect(metric('heapwatch_objects', { type: 'a"b\\' })).toBe('heapwatch_objects{type="a\\"b\\\\"}');
});

test('a metric or a label that does not exist does not compile', () => {
  // @ts-expect-error -- this is the test: no metric has this name
  expect(metric('heapwatch_obejcts')).toContain('obejcts');
  // @ts-expect-error -- this is the test: objects have a type, no kind
  expect(metric('heapwatch_objects', { kind: 'dict' })).toContain('kind');
  // @ts-expect-error -- this is the test: kills outlive the process, they carry no pid
  expect(metric('heapwatch_oom_kills_total', { pid: '7' })).toContain('pid');
  // @ts-expect-error -- this is the test: what the exporter says of itself is of no process
  expect(ofProcess('heapwatch_targets')).toContain('$pid');
});

test('labels that the scrape adds can be matched on every metric', () => {
  expect(metric('heapwatch_build_info', { job: 'heapwatch' })).toBe('heapwatch_build_info{job="heapwatch"}');
});
