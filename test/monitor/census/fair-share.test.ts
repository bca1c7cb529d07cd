import { expect, test } from 'vitest';
import { fairShare } from '../../../src/monitor/census/fair-share.ts';

test.each([
  ['everyone has enough', [1, 2, 3], 6, Number.POSITIVE_INFINITY],
  ['nobody has enough', [5, 5], 6, 3],
  ['who wishes for little leaves the rest', [1, 5, 5], 7, 3],
  ['one that is greedy takes nothing from others', [1, 1, 100], 5, 3],
  ['there is nothing', [1], 0, 0],
  ['nobody is there', [], 1, Number.POSITIVE_INFINITY],
])('when %s, %j of %d are %d each at most', (_, wishes, capacity, share) => {
  expect(fairShare(wishes, capacity)).toBe(share);
});
