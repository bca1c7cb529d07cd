import { expect, test } from 'vitest';
import { estimateGrowth, rememberCounts } from '../../../src/analysis/types/type-growth.ts';

test.each([
  ['nothing yet', [], 0],
  ['two censuses are too few', [1, 1000], 0],
  ['steady growth', [10, 20, 30, 40, 50], 10],
  ['growth that began', [10, 10, 10, 20, 30], 0],
  ['steady growth with one wrong census', [10, 20, 500, 40, 50], 10],
  ['a wave', [10, 90, 10, 90, 10], 0],
  ['one step', [10, 10, 10, 10, 900], 0],
  ['decline', [50, 40, 30, 20, 10], 0],
])('%s', (_what, counts, growth) => {
  expect(estimateGrowth(counts)).toBe(growth);
});

test('the last five censuses are remembered, and types that are gone are not', () => {
  const census = (count: number) => [{ type: 'a', count, bytes: 1 }];
  let past = rememberCounts(new Map(), [{ type: 'gone', count: 1, bytes: 1 }]);
  for (const count of [1, 2, 3, 4, 5, 6]) past = rememberCounts(past, census(count));
  expect(past).toEqual(new Map([['a', [2, 3, 4, 5, 6]]]));
});
