import { expect, test } from 'vitest';
import { compareCensuses } from '../../../src/commands/top/growth.ts';
import type { Census, TypeCount } from '../../../src/model/census.ts';

function census(counts: Record<string, number>): Census {
  const types: TypeCount[] = Object.entries(counts).map(([type, count]) => ({ type, count, bytes: count * 64 }));
  return {
    takenAtSeconds: 0,
    durationSeconds: 0,
    objects: 0,
    bytes: 0,
    types,
    quality: { skippedRatio: 0, scannedBytes: 0 },
    spaceUsedBytes: {},
    spaceCommittedBytes: {},
  };
}

test('types are ordered by growth of count, and those that did not change are left out', () => {
  const growth = compareCensuses(census({ a: 10, b: 10, c: 10, d: 10 }), census({ a: 15, b: 10, c: 40, d: 2 }));
  expect(growth).toEqual([
    { type: 'c', countDelta: 30, bytesDelta: 30 * 64 },
    { type: 'a', countDelta: 5, bytesDelta: 5 * 64 },
    { type: 'd', countDelta: -8, bytesDelta: -8 * 64 },
  ]);
});

test('a type that is new or gone counts from or to 0', () => {
  expect(compareCensuses(census({ old: 3 }), census({ new: 4 })).map((row) => [row.type, row.countDelta])).toEqual([
    ['new', 4],
    ['old', -3],
  ]);
});

test('a container that grows in step with its parts comes before them', () => {
  const growth = compareCensuses(census({}), census({ str: 50_012, float: 50_010, tuple: 50_000, dict: 7 }));
  expect(growth.map((row) => row.type)).toEqual(['tuple', 'str', 'float', 'dict']);
});

test('strings that grow more than any container come first', () => {
  const growth = compareCensuses(census({}), census({ str: 60_000, tuple: 50_000 }));
  expect(growth.map((row) => row.type)).toEqual(['str', 'tuple']);
});

test('what shrinks is ordered by count alone', () => {
  const growth = compareCensuses(census({ str: 1_000, tuple: 1_001 }), census({}));
  expect(growth.map((row) => row.type)).toEqual(['str', 'tuple']);
});

test('what is young counts as long as no collection has freed any of it, and no more then', () => {
  const young = (count: number, youngCount: number): Census => ({
    ...census({}),
    types: [{ type: 'Session', count, bytes: count * 64, youngCount, youngBytes: youngCount * 64 }],
  });
  const growth = (before: Census, after: Census) => compareCensuses(before, after).map((row) => row.countDelta);
  expect(growth(young(10, 5), young(18, 13))).toEqual([8]);
  expect(growth(young(10, 5), young(18, 4)), '14 old ones instead of 5').toEqual([9]);
});
