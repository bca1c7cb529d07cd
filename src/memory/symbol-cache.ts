import type { BigIntStats } from 'node:fs';
import type { Elf } from './elf.ts';

/** What the kernel says of a file. Its time of change is nothing that a program can set. */
export type FileStat = Pick<BigIntStats, 'ino' | 'size' | 'mtimeNs' | 'ctimeNs'>;

type Symbols = ReadonlyMap<string, number>;

/** Node.js has 550 constants for debuggers; names have up to 256 bytes, so this is 8 MB at the very most. */
const defaultMostSymbols = 2 ** 15;

/**
 * Keeps what was found in files' symbol tables, which takes 5 to 20 ms in a large one: many processes run the same file.
 * The device is no part of what tells files apart, as each container has one of its own on top of the same image.
 */
export function createSymbolCache(mostSymbols = defaultMostSymbols): (elf: Elf, file: FileStat) => Elf {
  /** Least recently used first. */
  const known = new Map<string, Symbols>();
  let count = 0;

  function find(key: string, search: () => Symbols): Symbols {
    const found = known.get(key) ?? search();
    if (known.delete(key)) count -= costOf(found);
    known.set(key, found);
    count += costOf(found);
    for (const [oldest, symbols] of known) {
      if (count <= mostSymbols) break;
      known.delete(oldest);
      count -= costOf(symbols);
    }
    return found;
  }

  return (elf, { ino, size, mtimeNs, ctimeNs }) => {
    const file = [ino, size, mtimeNs, ctimeNs].join(' ');
    return {
      ...elf,
      symbols: (names) => find(`${file} dynamic ${names.join(' ')}`, () => elf.symbols(names)),
      symbolsWithPrefix: (prefix) => find(`${file} prefix ${prefix}`, () => elf.symbolsWithPrefix(prefix)),
      staticSymbols: (names) => find(`${file} static ${names.join(' ')}`, () => elf.staticSymbols(names)),
    };
  };
}

/** A file that has none of them is an answer too. */
function costOf(symbols: Symbols): number {
  return symbols.size + 1;
}
