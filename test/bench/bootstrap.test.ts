import { expect, test } from 'vitest';
import { boundOfRatio, quantile } from './bootstrap.ts';

const p99 = (values: Float64Array) => quantile(values, 0.99);
const blocks = (scale: number, shift: number) =>
  Array.from({ length: 30 }, (_, block) =>
    Float64Array.from({ length: 200 }, (_, tick) => scale * (10 + ((tick * 7919 + block * 104729 + shift) % 101) / 10)),
  );

test('the bound lies a little above the ratio of two measurements', () => {
  const bound = boundOfRatio(blocks(1.2, 0), blocks(1, 17), p99, 0.95);
  expect(bound).toBeGreaterThanOrEqual(1.199);
  expect(bound).toBeLessThan(1.23);
});

test('a few blocks with a stall raise the bound: they may have been bad luck, or the rule', () => {
  const calm = blocks(1, 0);
  const stalled = calm.map((block, index) => (index < 2 ? block.map((late) => late * 5) : block));
  expect(boundOfRatio(stalled, calm, p99, 0.95)).toBeGreaterThan(2);
});
