import { expect, test } from 'vitest';
import { selectTypes } from '../../src/analysis/type-selection.ts';
import type { TypeCount } from '../../src/model/census.ts';

const type = (name: string, count: number, bytes: number): TypeCount => ({ type: name, count, bytes });

test('few types are all exported, and there is no (other)', () => {
  const types = [type('dict', 5, 500), type('str', 9, 90)];
  expect(selectTypes(types, 50)).toEqual([type('str', 9, 90), type('dict', 5, 500)]);
});

test('the largest by count and the largest by bytes are chosen in turn, the rest is summed', () => {
  const types = [
    type('many', 900, 9),
    type('more', 800, 8),
    type('big', 2, 9000),
    type('fat', 1, 8000),
    type('dull', 5, 5),
  ];
  expect(selectTypes(types, 2)).toEqual([type('many', 900, 9), type('big', 2, 9000), type('(other)', 806, 8013)]);
  expect(selectTypes(types, 3).map((chosen) => chosen.type)).toEqual(['many', 'more', 'big', '(other)']);
});

test('no more than the limit have names, and nothing is lost', () => {
  const types = Array.from({ length: 500 }, (_, n) => type(`t${n}`, n, 1000 - n));
  const selected = selectTypes(types, 50);
  expect(selected).toHaveLength(51);
  expect(selected.reduce((sum, { count }) => sum + count, 0)).toBe((499 * 500) / 2);
  expect(selected.at(-1)?.type).toBe('(other)');
});

test('a type that is first by both takes one place', () => {
  const types = [type('a', 9, 9), type('b', 8, 8), type('c', 7, 7)];
  expect(selectTypes(types, 2).map((chosen) => chosen.type)).toEqual(['a', 'b', '(other)']);
});

test("the reader's own (other) joins the rest, however large it is", () => {
  const types = [type('(other)', 1000, 1000), type('a', 2, 2), type('b', 1, 1)];
  expect(selectTypes(types, 1)).toEqual([type('a', 2, 2), type('(other)', 1001, 1001)]);
});

test('long names are cut, and those that are the same then are one', () => {
  const types = [type(`${'x'.repeat(300)}1`, 1, 10), type(`${'x'.repeat(300)}2`, 2, 20), type('y'.repeat(256), 1, 1)];
  const selected = selectTypes(types, 50);
  expect(selected).toEqual([type(`${'x'.repeat(255)}…`, 3, 30), type('y'.repeat(256), 1, 1)]);
});

test('tracked counts are summed only when all are known', () => {
  const tracked = (name: string, count: number) => ({ ...type(name, count, count), trackedCount: count });
  expect(selectTypes([tracked('a', 3), tracked('b', 2), tracked('c', 1)], 1).at(-1)).toEqual(tracked('(other)', 3));
  expect(selectTypes([tracked('a', 3), tracked('b', 2), type('c', 1, 1)], 1).at(-1)).not.toHaveProperty('trackedCount');
});

test('no types are no types', () => {
  expect(selectTypes([], 50)).toEqual([]);
  expect(selectTypes([type('a', 1, 2)], 0)).toEqual([type('(other)', 1, 2)]);
});
