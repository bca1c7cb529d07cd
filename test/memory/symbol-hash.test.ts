import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parseElf, type ReadBytes } from '../../src/memory/elf.ts';

const node = readFileSync(process.execPath);
const readNode: ReadBytes = (offset, length) =>
  offset + length <= node.length ? node.subarray(offset, offset + length) : undefined;
const symbolHash = 0x6ffffff6;

/** The same file with its tables of hashes unknown: the whole table of symbols has to be searched. */
function withoutHash() {
  const sectionTable = Number(node.readBigUInt64LE(40));
  return parseElf((offset, length) => {
    const bytes = readNode(offset, length);
    if (offset !== sectionTable || bytes === undefined) return bytes;
    const table = Buffer.from(bytes);
    for (let at = 0; at < table.length; at += 64) {
      if (table.readUInt32LE(at + 4) === symbolHash) table.writeUInt32LE(0, at + 4);
    }
    return table;
  })!;
}

test('a symbol is found by its hash as by a search, with a thousandth of the reading', () => {
  let bytes = 0;
  const hashed = parseElf((offset, length) => {
    bytes += length;
    return readNode(offset, length);
  })!;
  const searched = withoutHash();
  const constants = [...searched.symbolsWithPrefix('v8dbg_').keys()];
  const names = [...constants, 'napi_get_node_version', '_ZN2v88internal7Isolate3NewEv', 'no_such_symbol', ''];
  bytes = 0;
  const found = hashed.symbols(names);
  expect(found).toEqual(searched.symbols(names));
  expect(found.size).toBeGreaterThan(300);
  expect(bytes / names.length).toBeLessThan(2000);
});

test('what only looks like a table of hashes is read within bounds', () => {
  const { sections } = parseElf(readNode)!;
  const { fileOffset, bytes } = sections.find(({ type }) => type === symbolHash)!;
  for (const fill of [0, 1, 0x7f, 0xff]) {
    for (const from of [0, 4, 8, 16, bytes >> 1]) {
      let reads = 0;
      const elf = parseElf((offset, length) => {
        reads++;
        const read = readNode(offset, length);
        if (read === undefined || offset < fileOffset || offset >= fileOffset + bytes) return read;
        return Buffer.from(read).fill(fill, Math.max(0, fileOffset + from - offset));
      })!;
      reads = 0;
      const found = elf.symbols(['napi_get_node_version', 'no_such_symbol']);
      expect(found.has('no_such_symbol')).toBe(false);
      expect(reads).toBeLessThan(10_000);
    }
  }
});

test('tables that lie beyond the end of every file are asked for at exact offsets', () => {
  const sectionTable = Number(node.readBigUInt64LE(40));
  const { sections } = parseElf(readNode)!;
  const farAway = Buffer.alloc(8, 0xff);
  for (const index of sections.keys()) {
    const elf = parseElf((offset, length) => {
      expect(offset + length).toBeLessThanOrEqual(Number.MAX_SAFE_INTEGER);
      const read = readNode(offset, length);
      if (read === undefined || offset !== sectionTable) return read;
      const table = Buffer.from(read);
      farAway.copy(table, index * 64 + 24);
      return table;
    })!;
    expect(elf.symbols(['no_such_symbol']).size).toBe(0);
  }
});
