import { expect, test } from 'vitest';
import { fitGrowth } from '../../../src/analysis/growth/growth-fit.ts';

const series = (length: number, value: (index: number) => number) => Float64Array.from({ length }, (_, i) => value(i));
const minutes = series(40, (i) => 60 * i);
/** Between -1 and 1, always the same. */
const tremble = (i: number) => Math.sin(i * 12.9898) * Math.cos(i * 78.233);

test('a line is found with its gain, straight and beyond doubt', () => {
  const fit = fitGrowth(
    minutes,
    series(40, (i) => 500 + 10 * i),
    40,
  );
  expect(fit).toMatchObject({ start: 0, points: 40 });
  expect(fit?.gain).toBeCloseTo(390);
  expect(fit?.base).toBeCloseTo(500);
  expect(fit?.straightness).toBeCloseTo(1);
  expect(fit?.significance).toBeGreaterThan(1000);
});

test('the point at which growth began is found', () => {
  const values = series(40, (i) => 500 + 10 * Math.max(0, i - 20) + tremble(i));
  const fit = fitGrowth(minutes, values, 40);
  expect(fit?.start).toBeGreaterThanOrEqual(19);
  expect(fit?.start).toBeLessThanOrEqual(21);
});

test('what fills up is not straight', () => {
  const fit = fitGrowth(
    minutes,
    series(40, (i) => 500 - 400 * Math.exp(-i / 15) + tremble(i)),
    40,
  );
  expect(fit!.straightness + 2 * fit!.straightnessError).toBeLessThan(0.5);
});

test('what load explains is no growth of its own', () => {
  const load = series(40, (i) => 1 + i / 40);
  const values = series(40, (i) => 100 * load[i]! + tremble(i));
  const alone = fitGrowth(minutes, values, 40)!;
  const loaded = fitGrowth(minutes, values, 40, load, 150);
  expect(alone.significance).toBeGreaterThan(20);
  expect(loaded?.significance ?? 0).toBeLessThan(3);
});

test('load explains no more than in proportion', () => {
  const load = series(40, (i) => 1 + i / 400);
  const values = series(40, (i) => 100 + 10 * i + tremble(i));
  expect(fitGrowth(minutes, values, 40, load, 150)?.gain).toBeGreaterThan(300);
});

test('nothing is said of four points, nor of what falls', () => {
  expect(
    fitGrowth(
      minutes,
      series(4, (i) => i),
      4,
    ),
  ).toBeUndefined();
  expect(
    fitGrowth(
      minutes,
      series(40, (i) => -i),
      40,
    ),
  ).toBeUndefined();
});
