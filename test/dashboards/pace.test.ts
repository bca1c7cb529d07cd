import { expect, test } from 'vitest';
import { createPace } from '../../src/dashboards/pace.ts';

test.each([
  [1, 86_400, '1d'],
  [1, 129_600, '36h'],
  [1, 5400, '90m'],
  [1, 90, '90s'],
  [240, 21_600, '90s'],
  [240, 1800, '7500ms'],
  [1e9, 1, '1ms'],
])('at pace %d, %d seconds are written as %s', (factor, seconds, expected) => {
  expect(createPace(factor).duration(seconds)).toBe(expected);
});

test('seconds to count with are divided too', () => {
  expect(createPace(240).seconds(21_600)).toBe('90');
});
