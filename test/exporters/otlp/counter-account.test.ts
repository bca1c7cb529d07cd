import { expect, test } from 'vitest';
import { createCounterAccount } from '../../../src/exporters/otlp/counter-account.ts';

const WATCHING_SINCE = 1000;

/** Exports the values one after another, ten seconds apart from second 2000 on; `undefined` for one that fails. */
function exported(
  isDelta: boolean,
  since: number | undefined,
  values: readonly number[],
  failing: readonly number[] = [],
) {
  const account = createCounterAccount(isDelta, WATCHING_SINCE);
  return values.map((value, index) => {
    const counters = account.export(2000 + 10 * index);
    const point = counters.point('a', value, since);
    if (!failing.includes(index)) counters.commit();
    return point && [point.startSeconds, point.value];
  });
}

test('a whole begins when its counting began', () => {
  expect(exported(false, 500, [7, 9])).toEqual([
    [500, 7],
    [500, 9],
  ]);
});

test('a whole of unknown age begins when it was seen first', () => {
  expect(exported(false, undefined, [7, 9])).toEqual([
    [2000, 7],
    [2000, 9],
  ]);
});

test('what is counted anew begins after the last value that was not', () => {
  expect(exported(false, 500, [7, 2, 3])).toEqual([
    [500, 7],
    [2000, 2],
    [2000, 3],
  ]);
  expect(exported(true, 1500, [7, 2, 3])).toEqual([
    [1500, 7],
    [2000, 2],
    [2010, 1],
  ]);
});

test('a difference begins with the export before', () => {
  expect(exported(true, 1500, [7, 9, 9])).toEqual([
    [1500, 7],
    [2000, 2],
    [2010, 0],
  ]);
});

test.each([500, undefined])('counted since %s, not under our eyes, it has no first difference', (since) => {
  expect(exported(true, since, [7, 9])).toEqual([undefined, [2000, 2]]);
});

test('what a failed export told is told by the next one', () => {
  expect(exported(true, 1500, [7, 9, 12], [1])).toEqual([
    [1500, 7],
    [2000, 2],
    [2000, 5],
  ]);
});

test('a start that lies ahead, by a clock that was set, is now', () => {
  expect(exported(false, 3000, [7])).toEqual([[2000, 7]]);
});

test('a series that was not exported is forgotten', () => {
  const account = createCounterAccount(true, WATCHING_SINCE);
  const first = account.export(2000);
  first.point('a', 5, 1500);
  first.commit();
  account.export(2010).commit();
  expect(account.export(2020).point('a', 6, undefined)).toBeUndefined();
});
