import { expect, test } from 'vitest';
import { createOomLedger } from '../../../src/monitor/endings/oom-ledger.ts';

test('kills before the first look are nobody’s', () => {
  const ledger = createOomLedger(30);
  ledger.observe('a', 5, 100);
  expect(ledger.claim('a', 100)).toBe(false);
});

test('a kill is claimed once, also by a target that vanishes seconds later', () => {
  const ledger = createOomLedger(30);
  ledger.observe('a', 5, 100);
  ledger.observe('a', 6, 105);
  ledger.observe('a', 6, 110);
  expect(ledger.claim('a', 115)).toBe(true);
  expect(ledger.claim('a', 115)).toBe(false);
});

test('a kill that nobody claims in time was of another process', () => {
  const ledger = createOomLedger(30);
  ledger.observe('a', 5, 100);
  ledger.observe('a', 6, 105);
  ledger.observe('a', 6, 136);
  expect(ledger.claim('a', 136)).toBe(false);
});

test('a kill in another cgroup is not claimed', () => {
  const ledger = createOomLedger(30);
  ledger.observe('a', 5, 100);
  ledger.observe('b', 5, 100);
  ledger.observe('b', 6, 105);
  expect(ledger.claim('a', 105)).toBe(false);
  expect(ledger.claim('unknown', 105)).toBe(false);
});

test('several kills are claimed by as many', () => {
  const ledger = createOomLedger(30);
  ledger.observe('a', 0, 100);
  ledger.observe('a', 2, 105);
  expect([1, 2, 3].map(() => ledger.claim('a', 105))).toEqual([true, true, false]);
});

test('a count that falls, as in a cgroup that was made anew, is a new baseline', () => {
  const ledger = createOomLedger(30);
  ledger.observe('a', 5, 100);
  ledger.observe('a', 0, 105);
  expect(ledger.claim('a', 105)).toBe(false);
  ledger.observe('a', 1, 110);
  expect(ledger.claim('a', 110)).toBe(true);
});

test('kills are settled when they are claimed, or were there before', () => {
  const ledger = createOomLedger(30);
  expect(ledger.settled('a')).toBeUndefined();
  ledger.observe('a', 5, 100);
  ledger.observe('a', 7, 105);
  expect(ledger.settled('a')).toBe(5);
  ledger.claim('a', 105);
  expect(ledger.settled('a')).toBe(6);
});

test('a count that rises by a million is bounded', () => {
  const ledger = createOomLedger(30);
  ledger.observe('a', 0, 100);
  ledger.observe('a', 1e6, 105);
  let claimed = 0;
  while (ledger.claim('a', 105)) claimed++;
  expect(claimed).toBe(256);
});
