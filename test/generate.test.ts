import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { generatedFiles } from '../src/dashboards/generated-files.ts';
import { regenerate } from '../src/generate.ts';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');

test('the README tells the metrics and settings that there are', () => {
  expect(regenerate(readme)).toBe(readme);
});

test('a table that was changed by hand is written anew', () => {
  expect(regenerate(readme.replace('`heapwatch_target_up`', '`heapwatch_target_down`'))).toBe(readme);
});

test('metrics that only one runtime has are told', () => {
  expect(readme).toContain('`heapwatch_gc_garbage_objects`');
  expect(readme).toContain('`heapwatch_heap_initial_bytes`');
});

test('a README without markers is refused', () => {
  expect(() => regenerate('# heapwatch\n')).toThrow('no markers');
});

test('dashboards, rules and runbooks are those of their source, also in the chart', () => {
  const files = Object.entries(generatedFiles());
  expect(files.length).toBeGreaterThan(5);
  for (const [path, text] of files) {
    expect(readFileSync(new URL(`../${path}`, import.meta.url), 'utf8'), path).toBe(text);
  }
});
