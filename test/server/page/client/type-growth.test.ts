import { expect, test } from 'vitest';
import { typeGrowth } from '../../../../src/server/page/client/type-growth.ts';
import { typesChart } from '../../../../src/server/page/client/types-chart.ts';

const row = (type: string, count: number, bytes = count * 10) => ({ type, count, bytes });
const censuses = [
  { at_seconds: 10, types: [row('str', 100), row('tuple', 50), row('gone', 5), row('(other)', 9)] },
  { at_seconds: 20, types: [row('str', 100), row('tuple', 60), row('(other)', 9)] },
  { at_seconds: 30, types: [row('new', 400), row('str', 90), row('tuple', 80), row('(other)', 1000)] },
];

test('growth is from the first to the last census, and unknown for a type that was not in the first', () => {
  expect(typeGrowth(censuses)).toEqual([
    { type: 'tuple', count: 80, bytes: 800, countDelta: 30, bytesDelta: 300 },
    { type: 'new', count: 400, bytes: 4000 },
    { type: 'str', count: 90, bytes: 900, countDelta: -10, bytesDelta: -100 },
  ]);
});

test('one census has no growth, and none has no types', () => {
  expect(typeGrowth(censuses.slice(0, 1))[0]).toEqual({ type: 'str', count: 100, bytes: 1000 });
  expect(typeGrowth([])).toEqual([]);
});

test('suspects are drawn first, then what changes most; a gap is where a type was not known', () => {
  const { times, series } = typesChart(censuses, ['new', 'never seen'], 'count');
  expect(times).toEqual([10, 20, 30]);
  expect(series.map(({ label, values }) => [label, values])).toEqual([
    ['new', [null, null, 400]],
    ['tuple', [50, 60, 80]],
    ['str', [100, 100, 90]],
  ]);
  expect(new Set(series.map(({ colour }) => colour)).size).toBe(3);
  expect(typesChart(censuses, [], 'bytes').series[0]?.values).toEqual([500, 600, 800]);
});
