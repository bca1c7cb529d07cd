import { expect, test } from 'vitest';
import type { Elf } from '../../src/memory/elf.ts';
import { createSymbolCache } from '../../src/memory/symbol-cache.ts';

/** A file whose tables are searched: how often, is counted. */
function countingElf(symbols: ReadonlyMap<string, number>) {
  const searches: string[] = [];
  const search = (table: string) => (names: readonly string[] | string) => {
    searches.push(`${table} ${names}`);
    return symbols;
  };
  const elf: Elf = {
    segments: [],
    sections: [],
    symbols: search('symbols'),
    symbolsWithPrefix: search('symbolsWithPrefix'),
    staticSymbols: search('staticSymbols'),
  };
  return { elf, searches };
}

const file = (inode: bigint, changed = 1n) => ({ ino: inode, size: 100n, mtimeNs: 1n, ctimeNs: changed });

test('each table of a file is searched once for the same names', () => {
  const cached = createSymbolCache();
  const { elf, searches } = countingElf(new Map([['main', 5]]));
  for (let time = 0; time < 2; time++) {
    const known = cached(elf, file(1n));
    for (const table of [known.symbols(['main']), known.symbolsWithPrefix('main'), known.staticSymbols(['main'])]) {
      expect(table.get('main')).toBe(5);
    }
    known.symbols(['other', 'main']);
  }
  expect(searches).toEqual(['symbols main', 'symbolsWithPrefix main', 'staticSymbols main', 'symbols other,main']);
});

test('another file, and one that was written to since, is searched anew', () => {
  const cached = createSymbolCache();
  const { elf, searches } = countingElf(new Map());
  for (const one of [file(1n), file(2n), file(1n, 2n), file(1n)]) cached(elf, one).symbols(['main']);
  expect(searches).toHaveLength(3);
});

test('of many files the ones that were asked for last are kept, and of a hostile one no more than fits', () => {
  const cached = createSymbolCache(10);
  const few = countingElf(new Map([['a', 1]]));
  for (const inode of [1n, 2n, 3n, 4n, 5n, 1n, 6n, 1n]) cached(few.elf, file(inode)).symbols(['a']);
  expect(few.searches).toHaveLength(6);
  cached(few.elf, file(2n)).symbols(['a']);
  expect(few.searches).toHaveLength(7);
  const many = countingElf(new Map(Array.from({ length: 20 }, (_, index) => [String(index), index])));
  for (let time = 0; time < 2; time++) cached(many.elf, file(9n)).symbols(['a']);
  expect(many.searches).toHaveLength(2);
});
