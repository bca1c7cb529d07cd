import { expect, test } from 'vitest';
import { foldNames, formOf } from '../../../src/analysis/types/name-folding.ts';

const none: ReadonlySet<string> = new Set();

function rows(count: number, name: (index: number) => string) {
  return Array.from({ length: count }, (_, index) => ({ type: name(index), count: 2, bytes: 10 }));
}

test.each([
  ['dict', 'dict'],
  ['Foo_12345', 'Foo_*'],
  ['make_7.<locals>.Order', 'make_*.<locals>.Order'],
  ['Foo$$Lambda$14/0x0000000800c03000', 'Foo$$Lambda$*/*'],
  ['jdk.internal.reflect.GeneratedMethodAccessor42', 'jdk.internal.reflect.GeneratedMethodAccessor*'],
  ['row_3f2504e0-4f89-11d3-9a0c-0305e82c3301', 'row_*'],
  ['part_DEADBEEF01.x', 'part_*.x'],
  ['facade.Decade', 'facade.Decade'],
])('the form of %s is %s', (name, form) => {
  expect(formOf(name)).toBe(form);
  expect(formOf(form)).toBe(form);
});

test('twenty names of one form stay, as honest families do; twenty-one are one row', () => {
  const twenty = rows(20, (index) => `Vector${index}`);
  expect(foldNames(twenty, none)).toEqual({ types: twenty, forms: none });
  expect(foldNames([...rows(21, (index) => `Vector${index}`), ...rows(1, () => 'dict')], none)).toEqual({
    types: [
      { type: 'Vector*', count: 42, bytes: 210 },
      { type: 'dict', count: 2, bytes: 10 },
    ],
    forms: new Set(['Vector*']),
  });
});

test('one family is folded, another is not', () => {
  const types = [...rows(30, (index) => `Row_${index}`), ...rows(4, (index) => `int${8 * 2 ** index}`)];
  expect(foldNames(types, none).types.map(({ type }) => type)).toEqual(['Row_*', 'int8', 'int16', 'int32', 'int64']);
});

test('a folded family stays folded until it is clearly small', () => {
  const before = new Set(['Row_*']);
  expect(
    foldNames(
      rows(11, (index) => `Row_${index}`),
      before,
    ).forms,
  ).toEqual(before);
  expect(
    foldNames(
      rows(10, (index) => `Row_${index}`),
      before,
    ).forms,
  ).toEqual(none);
});

test('a class that is named as a form joins it', () => {
  const types = [...rows(1, () => 'Row_*'), ...rows(21, (index) => `Row_${index}`)];
  expect(foldNames(types, none).types).toEqual([{ type: 'Row_*', count: 44, bytes: 220 }]);
});

test('sixty-five thousand hostile names are folded in less than a second', () => {
  const types = rows(65_536, (index) => `${'a1'.repeat(100)}${'abcdef'.repeat(8)}${index}g`);
  const began = performance.now();
  expect(foldNames(types, none).types).toHaveLength(1);
  expect(performance.now() - began).toBeLessThan(1000);
});
