import { expect, test } from 'vitest';
import { oldGeneration } from '../../src/analysis/old-generation.ts';

test('what is young is taken off, and what is only young is left out', () => {
  const types = [
    { type: 'Session', count: 9, bytes: 360, youngCount: 2, youngBytes: 80 },
    { type: 'Request', count: 4, bytes: 64, youngCount: 4, youngBytes: 64 },
  ];
  expect(oldGeneration(types)).toEqual([{ type: 'Session', count: 7, bytes: 280 }]);
});

test('types of a runtime without generations are as they were', () => {
  const types = [{ type: 'tuple', count: 9, bytes: 360, trackedCount: 9 }];
  expect(oldGeneration(types)).toBe(types);
});
