import { expect, test } from 'vitest';
import {
  createSeriesBound,
  SERIES_OF_EXPORTER,
  SERIES_PER_TARGET,
  SERIES_PER_TYPE,
  seriesOfVerdict,
} from '../../../src/analysis/types/series-bound.ts';
import type { TypeCount } from '../../../src/model/census.ts';
import type { TargetSnapshot } from '../../../src/model/snapshot.ts';
import { sampleTarget } from '../../metrics/sample-snapshot.ts';

const types = (size: number): TypeCount[] =>
  Array.from({ length: size }, (_, n) => ({ type: `t${n}`, count: 1000 - n, bytes: 2000 - n }));

const withOther = (size: number) => [...types(size), { type: '(other)', count: 5, bytes: 7 }];

/** Targets by pid, each with its exported types, and no verdict yet. */
function targets(...exported: readonly (readonly TypeCount[])[]): TargetSnapshot[] {
  return exported.map((exportedTypes, index) => {
    const process = { pid: 100 + index, startTicks: 7, procfsPath: '/proc' };
    const { assessment: _, ...target } = sampleTarget({ exportedTypes }, { process });
    return target;
  });
}

/** A bound that leaves room for so many rows of types in all targets. */
const boundFor = (rows: number, targetCount: number) =>
  createSeriesBound(SERIES_OF_EXPORTER + SERIES_PER_TARGET * targetCount + SERIES_PER_TYPE * rows);

const named = ({ exportedTypes }: TargetSnapshot) => exportedTypes.map(({ type }) => type);

test('where there is room nothing is dropped and nothing is copied', () => {
  const given = targets(withOther(50), types(3), []);
  const { targets: bound, droppedSeries } = boundFor(60, 3)(given, 0);
  expect(droppedSeries).toBe(0);
  expect(bound.every((target, index) => target === given[index])).toBe(true);
});

test('every target may show as many types as every other; what a small one leaves goes to the large', () => {
  const { targets: bound, droppedSeries } = boundFor(24, 3)(targets(withOther(50), withOther(40), types(2)), 0);
  expect(bound.map((target) => target.exportedTypes.length - 1)).toEqual([9, 9, 1]);
  expect(named(bound[0]!)).toEqual([...types(9).map(({ type }) => type), '(other)']);
  expect(named(bound[2]!)).toEqual(['t0', 't1']);
  expect(droppedSeries).toBe((41 + 31) * 2);
});

test('what is dropped joins (other)', () => {
  const given = targets(withOther(50));
  const [bound] = boundFor(11, 1)(given, 0).targets;
  const sum = (rows: readonly TypeCount[]) => rows.reduce((total, { count }) => total + count, 0);
  expect(sum(bound!.exportedTypes)).toBe(sum(given[0]!.exportedTypes));
});

test('when even one type each is too much, only the sums are shown', () => {
  const bound = createSeriesBound(1)(targets(withOther(5), types(2)), 0).targets;
  expect(bound.map(named)).toEqual([['(other)'], ['(other)']]);
});

test('services whose deaths are counted take their series from the types', () => {
  const bound = boundFor(11, 1);
  expect(bound(targets(withOther(50)), 0).targets[0]!.exportedTypes).toHaveLength(11);
  expect(bound(targets(withOther(50)), 1).targets[0]!.exportedTypes).toHaveLength(7);
});

test('what a verdict shows takes its series from the types too', () => {
  const { assessment } = sampleTarget();
  // Eight of the state set, three of the growth, two limits, three suspects, two types that grow.
  expect(seriesOfVerdict(assessment)).toBe(18);
  const [target] = targets(withOther(50));
  const shown = (one: TargetSnapshot) => boundFor(20, 1)([one], 0).targets[0]!.exportedTypes.length;
  expect([shown(target!), shown({ ...target!, assessment: assessment! })]).toEqual([20, 11]);
});

test('the rows are the same array until there is news', () => {
  const bound = boundFor(11, 1);
  const given = targets(withOther(50));
  const first = bound(given, 0).targets[0]!.exportedTypes;
  expect(bound(given, 0).targets[0]!.exportedTypes).toBe(first);
});

test('a target that comes and goes takes types from the others once, not again and again', () => {
  const bound = boundFor(20 * 51, 20);
  const crowd = Array.from({ length: 21 }, () => withOther(50));
  const shown = [20, 21, 20, 21, 20].map((count) => {
    const [first] = bound(targets(...crowd.slice(0, count)), 0).targets;
    return first!.exportedTypes.length - 1;
  });
  expect(shown).toEqual([50, 46, 46, 46, 46]);
});

test('when there is room for many more types again, they are shown', () => {
  const bound = boundFor(20 * 51, 20);
  const crowd = Array.from({ length: 40 }, () => withOther(50));
  const shown = [40, 20].map(
    (count) => bound(targets(...crowd.slice(0, count)), 0).targets[0]!.exportedTypes.length - 1,
  );
  expect(shown).toEqual([9, 50]);
});

test('types at the edge of the bound do not come and go', () => {
  const bound = boundFor(11, 1);
  const swapped = withOther(50).map((row) =>
    row.type === 't9' ? types(11)[10]! : row.type === 't10' ? types(10)[9]! : row,
  );
  const shown = [withOther(50), swapped, withOther(50), swapped].map(
    (rows) => new Set(named(bound(targets(rows), 0).targets[0]!)),
  );
  for (const set of shown) expect(set).toEqual(shown[0]);
});
