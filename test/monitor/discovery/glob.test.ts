import { expect, test } from 'vitest';
import { fits } from '../../../src/monitor/discovery/glob.ts';

test.each([
  ['python3.11', 'python*', true],
  ['python3.11', 'python3?11', true],
  ['python3.11', 'python', false],
  ['python3.11', '*', true],
  ['', '*', true],
  ['', '?', false],
  ['', '', true],
  ['a', '', false],
  ['/system.slice/a/b', '/system.slice/*', true],
  ['/system.slice', '/system.slice/*', false],
  ['shop-api-v2', '*-api-*', true],
  ['abcabd', '*abd', true],
  ['abcab', '*abd*', false],
  ['a', 'A', false],
  ['axb', 'a.b', false],
  ['a[b]', 'a[b]', true],
  ['a.b', 'a?b***', true],
])('%j fits %j: %s', (text, glob, expected) => {
  expect(fits(text, glob)).toBe(expected);
});

test('many stars are not slow', () => {
  const began = performance.now();
  expect(fits('a'.repeat(4096), `${'*a'.repeat(127)}b`)).toBe(false);
  expect(performance.now() - began).toBeLessThan(500);
});
