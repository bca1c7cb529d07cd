import { expect, test } from 'vitest';
import { createLiveMetaspace } from '../../src/analysis/live-metaspace.ts';

/** What is said to live of these readings: full collections so far, and bytes. */
function liveOf(...readings: readonly (readonly [collections: number, bytes: number])[]): (number | undefined)[] {
  const metaspace = createLiveMetaspace();
  return readings.map(([collections, bytes]) => metaspace.add(bytes, collections));
}

test('what a full collection leaves lives; what comes before the second one may live or not', () => {
  expect(liveOf([3, 100], [3, 120], [4, 120], [4, 150])).toEqual([undefined, undefined, 120, undefined]);
});

test('what grows slowly is known from one collection to the next', () => {
  expect(liveOf([3, 100], [4, 100], [5, 101], [6, 102], [7, 103]).slice(1)).toEqual([100, 101, 102, 103]);
});

test('what a full collection did not free lives, and so does what came since', () => {
  expect(liveOf([3, 100], [4, 100], [4, 180], [5, 200], [5, 230]).slice(3)).toEqual([200, 230]);
});

test('what full collections free comes and goes: only what they leave lives', () => {
  expect(liveOf([3, 100], [4, 100], [4, 180], [5, 100], [5, 140], [5, 190]).slice(3)).toEqual([100, 100, 100]);
});

test('of what comes since a collection lives the share that the one before left', () => {
  expect(liveOf([3, 100], [4, 100], [4, 200], [5, 150], [5, 190]).slice(3)).toEqual([150, 170]);
});

test('the second pause of a cycle finds nothing to free, and says nothing', () => {
  expect(liveOf([3, 100], [5, 100], [5, 200], [6, 100], [7, 100], [7, 150]).slice(3)).toEqual([100, 100, 100]);
});

test('what is kept is known again', () => {
  const before = createLiveMetaspace();
  for (const [collections, bytes] of [
    [3, 100],
    [4, 100],
    [4, 200],
    [5, 150],
  ] as const)
    before.add(bytes, collections);
  const after = createLiveMetaspace(JSON.parse(JSON.stringify(before.state())));
  expect(after.add(190, 5)).toBe(170);
});
