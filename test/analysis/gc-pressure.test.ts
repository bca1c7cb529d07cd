import { expect, test } from 'vitest';
import { createGcPressure } from '../../src/analysis/gc-pressure.ts';

test('the share of the last quarter of an hour, once half of it is known', () => {
  const pressure = createGcPressure(1);
  const shares = Array.from({ length: 61 }, (_, minute) =>
    pressure.add(60 * minute, minute < 30 ? 0 : (minute - 30) * 6),
  );
  expect(shares[7]).toBeUndefined();
  expect(shares[8]).toBe(0);
  expect(shares[60]).toBeCloseTo(0.1);
});

test('a counter that starts again is no negative share', () => {
  const pressure = createGcPressure(1);
  for (let minute = 0; minute < 20; minute++) pressure.add(60 * minute, 100 + minute);
  expect(pressure.add(1200, 0)).toBeUndefined();
  expect(pressure.add(1800, 6)).toBeCloseTo(0.01);
});
