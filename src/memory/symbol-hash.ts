// The table that a dynamic linker finds symbols by (`ld --hash-style=gnu`, the default of Linux distributions): a section of
// type SHT_GNU_HASH, as glibc's elf/dl-lookup.c reads it. Four 32-bit numbers {buckets, first symbol, Bloom words, shift}, the
// Bloom filter's 64-bit words, for each bucket the first symbol, for each symbol from the first on its hash, whose lowest
// bit is 1 at the end of a bucket's symbols. Only what the file defines is in it.

import type { ElfSection, ReadBytes } from './elf.ts';

const symbolHashType = 0x6ffffff6; // SHT_GNU_HASH
const headerBytes = 16;
const symbolBytes = 24;
/** A bucket has a few symbols; a hostile one is not followed for ever. */
const mostInBucket = 1024;

/** Finds the entries of the dynamic symbol table that have a name. */
type FindEntries = (name: string) => Buffer[];

/**
 * A few reads of some bytes for each name, where a search of the whole table takes 20 ms in Node.js, which has 5 MB of names.
 * Undefined for a file without such a table, or when it is not as it should be.
 */
export function openSymbolHash(read: ReadBytes, sections: readonly ElfSection[]): FindEntries | undefined {
  const hash = sections.find(({ type }) => type === symbolHashType);
  const symbols = hash && sections[hash.link];
  const strings = symbols && sections[symbols.link];
  if (hash === undefined || symbols === undefined || strings === undefined) return undefined;
  const header = read(hash.fileOffset, headerBytes);
  if (header === undefined) return undefined;
  const buckets = header.readUInt32LE(0);
  const first = header.readUInt32LE(4);
  const bucketsAt = headerBytes + header.readUInt32LE(8) * 8;
  const chainsAt = bucketsAt + buckets * 4;
  if (buckets === 0 || chainsAt > hash.bytes) return undefined;

  const numberAt = (at: number): number | undefined =>
    at + 4 <= hash.bytes ? read(hash.fileOffset + at, 4)?.readUInt32LE(0) : undefined;

  /** Undefined when it has another name. */
  const readEntry = (index: number, name: Buffer): Buffer | undefined => {
    if ((index + 1) * symbolBytes > symbols.bytes) return undefined;
    const entry = read(symbols.fileOffset + index * symbolBytes, symbolBytes);
    if (entry === undefined) return undefined;
    const nameAt = entry.readUInt32LE(0);
    if (nameAt + name.length > strings.bytes) return undefined;
    return read(strings.fileOffset + nameAt, name.length)?.equals(name) ? entry : undefined;
  };

  return (name) => {
    const wanted = hashOf(name);
    const terminated = Buffer.from(`${name}\0`, 'latin1');
    const entries: Buffer[] = [];
    let index = numberAt(bucketsAt + (wanted % buckets) * 4) ?? 0;
    for (let steps = 0; index >= first && steps < mostInBucket; steps++, index++) {
      const chained = numberAt(chainsAt + (index - first) * 4);
      if (chained === undefined) break;
      const entry = (chained ^ wanted) >>> 1 === 0 ? readEntry(index, terminated) : undefined;
      if (entry !== undefined) entries.push(entry);
      if ((chained & 1) === 1) break;
    }
    return entries;
  };
}

/** Bernstein's, from 5381, in 32 bits. */
function hashOf(name: string): number {
  let hash = 5381;
  for (const byte of Buffer.from(name, 'latin1')) hash = (Math.imul(hash, 33) + byte) >>> 0;
  return hash;
}
