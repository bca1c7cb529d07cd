import { expect, test } from 'vitest';
import { createCollectionRhythm } from '../../../src/monitor/census/collection-rhythm.ts';

/** Rounds every 5 s up to the end, with a full collection every `period` seconds. */
function rhythmOf(period: number, end: number) {
  const rhythm = createCollectionRhythm();
  for (let at = 0; at <= end; at += 5) rhythm.seen(Math.floor(at / period), at);
  return rhythm;
}

test('a collection is near when its rhythm says so', () => {
  const rhythm = rhythmOf(20, 50);
  expect(rhythm.isNear(50, 5)).toBe(false);
  expect(rhythm.isNear(50, 10)).toBe(true);
});

test('right after a collection is no time to wait for the next', () => {
  expect(rhythmOf(20, 60).isNear(60, 30)).toBe(false);
  expect(rhythmOf(5, 60).isNear(60, 30)).toBe(false);
});

test('a collection that is late is waited for half a period, then the rhythm is lost', () => {
  const rhythm = rhythmOf(20, 40);
  rhythm.seen(2, 65);
  expect(rhythm.isNear(65, 5)).toBe(true);
  rhythm.seen(2, 75);
  expect(rhythm.isNear(75, 5)).toBe(false);
});

test('one collection alone has no rhythm', () => {
  const rhythm = createCollectionRhythm();
  expect(rhythm.isNear(0, 1e9)).toBe(false);
  for (const [count, at] of [
    [0, 5],
    [1, 10],
    [1, 15],
  ] as const) {
    rhythm.seen(count, at);
    expect(rhythm.isNear(at, 1e9)).toBe(false);
  }
});
