import { expect, test } from 'vitest';
import { LOADS, TIME, VITALS_COLUMNS, WORK } from '../../../src/analysis/growth/columns.ts';
import { findLoadStep } from '../../../src/analysis/growth/load-step.ts';
import { createScales } from '../../../src/analysis/growth/scales.ts';
import { noise } from '../samples.ts';

/** Six hours of a load, as the vitals of a process keep it. */
function vitals(loadAt: (hour: number) => number, isThere = () => true) {
  const scales = createScales({ columns: VITALS_COLUMNS, stepSeconds: 30, levels: 6, length: 48 });
  const random = noise(1);
  const row = new Float64Array(VITALS_COLUMNS);
  let work = 0;
  for (let at = 0; at < 6 * 3600; at += 30) {
    work += 30 * loadAt(at / 3600) * (1 + 0.05 * random());
    row[TIME] = at;
    row[WORK] = work;
    row[LOADS[0]!] = 1;
    if (isThere()) scales.add(at, row);
  }
  return scales;
}

const hour = 3600;

test.each([
  ['up', 1.6],
  ['down', 0.5],
])('a step %s is found where it is', (_what, ratio) => {
  const step = findLoadStep(
    vitals((at) => (at < 5 ? 1 : ratio)),
    4.5 * hour,
    5.5 * hour,
    1,
  )!;
  expect(step.ratio).toBeCloseTo(ratio, 0);
  expect(step.atSeconds / hour).toBeCloseTo(5, 0);
});

test('a step is found at every scale, though steps of a scale are not exactly as far apart as they are long', () => {
  const random = noise(2);
  for (const began of [2, 3, 4]) {
    for (let round = 0; round < 20; round++) {
      const gaps = vitals(
        (at) => (at < began ? 1 : 2),
        () => random() < 0.5,
      );
      expect(findLoadStep(gaps, (began - 1) * hour, (began + 0.5) * hour, 1)?.ratio ?? 0).toBeGreaterThan(1.5);
    }
  }
});

test('a step at another time is not the one', () => {
  expect(
    findLoadStep(
      vitals((at) => (at < 3 ? 1 : 1.6)),
      4.5 * hour,
      5.5 * hour,
      1,
    ),
  ).toBeUndefined();
});

test('noise and a slow rise are no step', () => {
  expect(
    findLoadStep(
      vitals(() => 1),
      0,
      6 * hour,
      1,
    ),
  ).toBeUndefined();
  expect(
    findLoadStep(
      vitals((at) => 1 + at / 6),
      hour,
      6 * hour,
      1,
    ),
  ).toBeUndefined();
});
