import { expect, test } from 'vitest';
import { Tally } from '../../../../src/runtimes/v8/census/tally.ts';
import { PageWalk } from '../../../../src/runtimes/v8/census/walk.ts';
import type { MapFacts } from '../../../../src/runtimes/v8/types/maps.ts';

// A page of a few words, and maps at addresses that nothing else has.

const address = 0x10000;
const maps = { order: 0x1000, text: 0x1008, gap: 0x1010, scope: 0x1018, buffer: 0x1020, code: 0x1028 };
const length = { offset: 12, shift: 0, mask: 0x7fffffff, headerBytes: 16, elementBytes: 1 };
const facts = new Map<number, MapFacts>([
  [maps.order, { role: 'receiver', name: 'Order', size: 24 }],
  [maps.text, { role: 'internal', name: '(string)', size: length }],
  [maps.gap, { role: 'filler', name: '', size: 8 }],
  [maps.scope, { role: 'internal', name: '(code)', size: 'next' }],
  [maps.buffer, { role: 'buffer', name: 'ArrayBuffer', size: 24 }],
  [maps.code, { role: 'internal', name: '(code)', size: 'next code' }],
]);
const order = [maps.order + 1, 7, 7];
/** Five characters: 21 bytes, which take 24. */
const text = [maps.text + 1, 5 * 2 ** 32, 0x6f6c6c6568];

function walkerOf() {
  const tally = new Tally((map) => facts.get(map));
  return { tally, walk: new PageWalk(tally, { byteLength: 2, backingStore: 4 }) };
}

function wordsOf(values: readonly number[]): Int32Array {
  return new Int32Array(BigInt64Array.from(values, BigInt).buffer);
}

function count(values: readonly number[], isYoung = false) {
  const { tally, walk } = walkerOf();
  const words = wordsOf(values);
  walk.walk(words, address, 0, words.length, isYoung);
  return { lost: walk.lostBytes, types: tally.types().map((row) => [row.type, row.count, row.bytes]) };
}

test('objects are counted one behind the other, by the size of their map or of their own', () => {
  expect(count([...order, ...text, ...order])).toEqual({
    lost: 0,
    types: [
      ['Order', 2, 48],
      ['(string)', 1, 24],
    ],
  });
});

test('fillers and memory that nobody wrote to are no objects, and no loss', () => {
  expect(count([maps.gap + 1, ...order, 0, 0, 0, ...order, 0])).toEqual({ lost: 0, types: [['Order', 2, 48]] });
});

test('where no object is recognised the next one is sought, and what lies before it is lost', () => {
  expect(count([...order, 0x5559, 0x666, ...order])).toEqual({ lost: 16, types: [['Order', 2, 48]] });
});

test('an object that would reach beyond the page is none', () => {
  expect(count([...order, maps.text + 1, 500 * 2 ** 32])).toEqual({ lost: 16, types: [['Order', 1, 24]] });
});

test('what does not tell its size ends where the next object begins', () => {
  const scope = [maps.scope + 1, 4, 5, 6, 7];
  expect(count([...scope, ...order]).types).toEqual([
    ['(code)', 1, 40],
    ['Order', 1, 24],
  ]);
});

test('machine code ends where the next code begins, whatever lies in it', () => {
  const code = [maps.code + 1, 1, maps.order + 1, 3, 4, 5, 6, 7];
  expect(count([...code, ...code]).types).toEqual([['(code)', 2, 128]]);
});

test('on a page that is not swept the marked objects are counted, whatever lies between them', () => {
  const { tally, walk } = walkerOf();
  const words = wordsOf([...order, ...order, 0x777, ...text, ...order]);
  const headerWords = 2 * 32;
  // The bits of the second, the text and both words that older versions mark of the last.
  const marks = new Int32Array([0, (1 << 3) | (1 << 7) | (1 << 10) | (1 << 11)]);
  walk.walkMarked(words, address, words.length, marks, headerWords);
  expect(tally.types().map(({ type, count }) => [type, count])).toEqual([
    ['Order', 2],
    ['(string)', 1],
  ]);
  expect(walk.lostBytes).toBe(0);
});

test('what is young is counted apart too', () => {
  const { tally, walk } = walkerOf();
  const words = wordsOf([...order, ...order]);
  walk.walk(words, address, 0, words.length, true);
  walk.walk(words, address, 0, 6, false);
  expect(tally.types()).toEqual([{ type: 'Order', count: 3, bytes: 72, youngCount: 2, youngBytes: 48 }]);
});

test('memory that an ArrayBuffer has outside the heap is a row of its own; without any there is none', () => {
  const rows = count([maps.buffer + 1, 100, 0x9000, maps.buffer + 1, 0, 0, maps.buffer + 1, 2 ** 50, 0x9000]).types;
  expect(rows).toEqual([
    ['ArrayBuffer', 3, 72],
    ['(array buffer)', 1, 100],
  ]);
});

test('of a large object its first words are enough', () => {
  const { tally, walk } = walkerOf();
  const words = wordsOf([maps.text + 1, 300_000 * 2 ** 32, 0]);
  walk.countLarge(words, address, 0, 400_000 / 4, false);
  expect(tally.types()).toMatchObject([{ type: '(string)', count: 1, bytes: 300_016 }]);
});
