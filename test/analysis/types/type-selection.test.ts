import { expect, test } from 'vitest';
import { nothingSelected, selectTypes, type TypeSelection } from '../../../src/analysis/types/type-selection.ts';
import type { TypeCount } from '../../../src/model/census.ts';

/** Of a first census. */
const select = (types: readonly TypeCount[], limit: number) => selectTypes(types, limit).exported;
const names = (types: readonly TypeCount[]) => types.map((row) => row.type);

const type = (name: string, count: number, bytes: number): TypeCount => ({ type: name, count, bytes });

test('few types are all exported, and there is no (other)', () => {
  const types = [type('dict', 5, 500), type('str', 9, 90)];
  expect(select(types, 50)).toEqual([type('str', 9, 90), type('dict', 5, 500)]);
});

test('the largest by count and the largest by bytes are chosen in turn, the rest is summed', () => {
  const types = [
    type('many', 900, 9),
    type('more', 800, 8),
    type('big', 2, 9000),
    type('fat', 1, 8000),
    type('dull', 5, 5),
  ];
  expect(select(types, 2)).toEqual([type('many', 900, 9), type('big', 2, 9000), type('(other)', 806, 8013)]);
  expect(select(types, 3).map((chosen) => chosen.type)).toEqual(['many', 'big', 'more', '(other)']);
});

test('no more than the limit have names, and nothing is lost', () => {
  const types = Array.from({ length: 500 }, (_, n) => type('t'.repeat(n % 25) + 'u'.repeat(n / 25), n, 1000 - n));
  const selected = select(types, 50);
  expect(selected).toHaveLength(51);
  expect(selected.reduce((sum, { count }) => sum + count, 0)).toBe((499 * 500) / 2);
  expect(selected.at(-1)?.type).toBe('(other)');
});

test('a type that is first by both takes one place', () => {
  const types = [type('a', 9, 9), type('b', 8, 8), type('c', 7, 7)];
  expect(select(types, 2).map((chosen) => chosen.type)).toEqual(['a', 'b', '(other)']);
});

test("the reader's own (other) joins the rest, however large it is", () => {
  const types = [type('(other)', 1000, 1000), type('a', 2, 2), type('b', 1, 1)];
  expect(select(types, 1)).toEqual([type('a', 2, 2), type('(other)', 1001, 1001)]);
});

test('names are made safe, and those that are the same then are one', () => {
  const types = [type(`${'x'.repeat(300)}1`, 1, 10), type(`${'x'.repeat(300)}2`, 2, 20), type('y'.repeat(256), 1, 1)];
  const selected = select(types, 50);
  expect(selected).toEqual([type(`${'x'.repeat(255)}…`, 3, 30), type('y'.repeat(256), 1, 1)]);
});

test('tracked counts are summed only when all are known', () => {
  const tracked = (name: string, count: number) => ({ ...type(name, count, count), trackedCount: count });
  expect(select([tracked('a', 3), tracked('b', 2), tracked('c', 1)], 1).at(-1)).toEqual(tracked('(other)', 3));
  expect(select([tracked('a', 3), tracked('b', 2), type('c', 1, 1)], 1).at(-1)).not.toHaveProperty('trackedCount');
});

test('no types are no types', () => {
  expect(select([], 50)).toEqual([]);
  expect(select([type('a', 1, 2)], 0)).toEqual([type('(other)', 1, 2)]);
});

/** One selection after the other, each knowing the one before. */
function follow(censuses: readonly (readonly TypeCount[])[], limit: number): TypeSelection[] {
  let before = nothingSelected;
  return censuses.map((types) => {
    before = selectTypes(types, limit, before);
    return before;
  });
}

const crowd = (size: number) =>
  Array.from({ length: size }, (_, n) => type(`big${'x'.repeat(n)}`, 10_000 - n, 9_000 - n));

test('a type that grows is exported before it is large', () => {
  const censuses = [0, 1, 2, 3].map((round) => [...crowd(30), type('Leak', 10 + 5 * round, 10)]);
  expect(follow(censuses, 10).map(({ exported }) => names(exported).includes('Leak'))).toEqual([
    false,
    false,
    true,
    true,
  ]);
});

test('types that change places at the edge do not come and go', () => {
  const edge = (round: number) => [type('even', 1000 + (round % 2) * 50, 1000), type('odd', 1025, 1025)];
  const censuses = Array.from({ length: 12 }, (_, round) => [...crowd(9), ...edge(round)]);
  const first = names(follow(censuses, 10)[0]!.exported);
  for (const { exported } of follow(censuses, 10)) expect(new Set(names(exported))).toEqual(new Set(first));
});

test('a type that vanished from the heap has 0 objects for a while, then no series', () => {
  const all = [...crowd(3), type('Request', 500, 500)];
  const counts = follow([all, crowd(3), crowd(3), crowd(3)], 10).map(
    ({ exported }) => exported.find((row) => row.type === 'Request')?.count,
  );
  expect(counts).toEqual([500, 0, 0, undefined]);
});

test('a type that an incomplete census did not see is absent, not 0', () => {
  const before = selectTypes([type('Rare', 3, 3), type('Common', 100, 100)], 10);
  const counts = (complete: boolean) =>
    selectTypes([type('Common', 100, 100)], 10, before, complete).exported.map((row) => [row.type, row.count]);
  expect(counts(true)).toContainEqual(['Rare', 0]);
  expect(counts(false)).toEqual([['Common', 100]]);
});

test('a type that is summed under another name has not vanished', () => {
  const rows = (size: number) => Array.from({ length: size }, (_, n) => type(`Row_${n}`, 5, 5));
  const [before, folded, unfolded] = follow([rows(3), rows(30), rows(3)], 10);
  expect(names(before!.exported)).toEqual(['Row_0', 'Row_1', 'Row_2']);
  expect(folded!.exported).toEqual([type('Row_*', 150, 150)]);
  expect(names(unfolded!.exported)).toEqual(['Row_0', 'Row_1', 'Row_2']);
});

test('what the reader summed under (other) is not said to be 0', () => {
  const [, after] = follow(
    [
      [type('a', 2, 2), type('b', 1, 1)],
      [type('a', 2, 2), type('(other)', 1, 1)],
    ],
    10,
  );
  expect(after!.exported).toEqual([type('a', 2, 2), type('(other)', 1, 1)]);
});

test('in a hundred restless censuses the bound holds, nothing is lost and no name stands twice', () => {
  let seed = 7;
  const random = (below: number) => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    return Math.floor((seed / 2 ** 32) * below);
  };
  const letters = ['A', 'B\n', 'C', '', 'D'.repeat(400), 'E\ud800', '(other)'];
  const censuses = Array.from({ length: 100 }, () =>
    Array.from({ length: random(400) }, () =>
      type(`${letters[random(7)]}${random(2) === 0 ? random(90) : ''}`, random(1000), random(100_000)),
    ),
  );
  for (const [round, { exported }] of follow(censuses, 20).entries()) {
    const sum = (rows: readonly TypeCount[], of: 'count' | 'bytes') => rows.reduce((total, row) => total + row[of], 0);
    expect(names(exported).filter((name) => name !== '(other)').length).toBeLessThanOrEqual(20);
    expect(new Set(names(exported)).size).toBe(exported.length);
    expect(sum(exported, 'count')).toBe(sum(censuses[round]!, 'count'));
    expect(sum(exported, 'bytes')).toBe(sum(censuses[round]!, 'bytes'));
  }
});

test('what is remembered of a heap with very many types is bounded, and they are read at once', () => {
  const types = Array.from({ length: 65_000 }, (_, n) =>
    type(
      `t${n}`.replace(/\d/g, (digit) => 'abcdefghij'[Number(digit)]!),
      n,
      n,
    ),
  );
  const began = performance.now();
  const { past, places } = selectTypes(types, 50);
  expect(performance.now() - began).toBeLessThan(1500);
  expect([past.size, places.size]).toEqual([500, 50]);
});

test('of equal types those whose names come first are exported', () => {
  const types = ['d', 'b', 'a', 'c'].map((name) => type(name, 5, 5));
  expect(names(select(types, 2))).toEqual(['a', 'b', '(other)']);
});
