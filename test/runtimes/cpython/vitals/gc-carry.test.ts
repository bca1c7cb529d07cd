import { expect, test } from 'vitest';
import { createGcCarry } from '../../../../src/runtimes/cpython/vitals/gc-carry.ts';

const full = (collections: number, collectedObjects: number) => [
  { gc: '2', full: true, collections, collectedObjects },
];

test('what an interpreter that ended had counted is carried on', () => {
  const carryOn = createGcCarry();
  expect(carryOn(full(7, 100))).toEqual(full(7, 100));
  expect(carryOn(full(5, 40))).toEqual(full(7, 100));
  expect(carryOn(full(6, 45))).toEqual(full(8, 105));
  expect(carryOn(full(1, 0))).toEqual(full(8, 105));
});
