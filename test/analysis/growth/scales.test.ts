import { expect, test } from 'vitest';
import { createScales } from '../../../src/analysis/growth/scales.ts';

const options = { columns: 2, stepSeconds: 10, levels: 2, length: 3 };
const row = (...values: number[]) => Float64Array.from(values);

function read(scales: ReturnType<typeof createScales>, level: number, column: number): number[] {
  const into = new Float64Array(8);
  scales.levels[level]!.read(column, into);
  return [...into.slice(0, scales.levels[level]!.length)];
}

test('a step is the mean of what was known in it', () => {
  const scales = createScales(options);
  scales.add(0, row(1, Number.NaN));
  scales.add(5, row(3, Number.NaN));
  scales.add(12, row(8, 4));
  expect(read(scales, 0, 0)).toEqual([2, 8]);
  expect(read(scales, 0, 1)).toEqual([Number.NaN, 4]);
  expect(read(scales, 1, 0)).toEqual([4]);
});

test('the finest level forgets first', () => {
  const scales = createScales(options);
  for (let at = 0; at < 100; at += 10) scales.add(at, row(at, 0));
  expect(read(scales, 0, 0)).toEqual([70, 80, 90]);
  expect(read(scales, 1, 0)).toEqual([15, 55, 85]);
  expect(scales.first(0)).toEqual({ atSeconds: 0, value: 0 });
});

test('a cleared column knows nothing, and the others still do', () => {
  const scales = createScales(options);
  scales.add(0, row(1, 2));
  scales.clearColumn(0);
  expect([read(scales, 0, 0), read(scales, 0, 1)]).toEqual([[Number.NaN], [2]]);
  expect(scales.first(0)).toBeUndefined();
});

test('what is restored goes on as before', () => {
  const scales = createScales(options);
  for (let at = 0; at < 35; at += 10) scales.add(at, row(at, Number.NaN));
  const restored = createScales(options, JSON.parse(JSON.stringify(scales.state())));
  for (const each of [scales, restored]) each.add(41, row(7, 1));
  expect(read(restored, 0, 0)).toEqual(read(scales, 0, 0));
  expect(restored.first(1)).toEqual({ atSeconds: 41, value: 1 });
});
