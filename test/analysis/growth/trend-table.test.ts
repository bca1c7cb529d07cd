import { expect, test } from 'vitest';
import type { Trend } from '../../../src/analysis/growth/trend.ts';
import { createTrendTable } from '../../../src/analysis/growth/trend-table.ts';

/** Every number another one. */
function trend(first: number): Trend {
  return {
    significance: first,
    gain: first + 1,
    base: first + 2,
    noise: first + 3,
    points: first + 4,
    straightness: first + 5,
    straightnessError: first + 6,
    startSeconds: first + 7,
    endSeconds: first + 8,
    spanSeconds: first + 9,
    perSecond: first + 10,
    value: first + 11,
    rise: first + 12,
    loadRise: first + 13,
    firstSeconds: first + 14,
    firstValue: first + 15,
    earlierPeak: first + 16,
  };
}

test('trends come back as they were put in, whatever was there before and beside them', () => {
  const table = createTrendTable(300);
  const numbers = [299, 0, 7, 150, ...Array.from({ length: 100 }, (_, index) => index + 30)];
  for (const number of numbers) table.set(number, trend(-1));
  for (const number of numbers) table.set(number, trend(100 * number));
  for (const number of numbers) expect(table.get(number)).toEqual(trend(100 * number));
});

test('a trend that ended is not there, and may begin again', () => {
  const table = createTrendTable(2);
  expect(table.get(1)).toBeUndefined();
  table.set(1, trend(1));
  table.set(1, undefined);
  expect(table.get(1)).toBeUndefined();
  table.set(1, trend(2));
  expect(table.get(1)).toEqual(trend(2));
});
