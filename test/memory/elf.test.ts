import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parseElf } from '../../src/memory/elf.ts';

const node = readFileSync(process.execPath);
const readerOf = (file: Buffer) => (offset: number, length: number) =>
  offset + length <= file.length ? file.subarray(offset, offset + length) : undefined;

test('an executable: its segments cover its entry, and its dynamic symbols have addresses', () => {
  const elf = parseElf(readerOf(node))!;
  const entry = node.readUInt32LE(24);
  const holds = (address: number) =>
    elf.segments.some((s) => address >= s.address && address < s.address + s.memoryBytes);
  expect(holds(entry)).toBe(true);
  const symbols = elf.symbols(['v8dbg_frametype_EntryFrame', '_ZN2v88internal7Isolate3NewEv', 'no_such_symbol']);
  expect(symbols.has('no_such_symbol')).toBe(false);
  const address = symbols.get('v8dbg_frametype_EntryFrame')!;
  expect(holds(address)).toBe(true);
  expect(elf.symbols(['rametype_EntryFrame']).size, 'a suffix of a name is not the name').toBe(0);
});

test('symbols that begin alike are found with their whole names', () => {
  const elf = parseElf(readerOf(node))!;
  const constants = elf.symbolsWithPrefix('v8dbg_');
  expect(constants.size).toBeGreaterThan(300);
  expect([...constants.keys()].every((name) => name.startsWith('v8dbg_'))).toBe(true);
  const one = 'v8dbg_frametype_EntryFrame';
  expect(constants.get(one)).toBe(elf.symbols([one]).get(one));
});

test.each([
  ['an empty file', Buffer.alloc(0)],
  ['a text', Buffer.from('#!/bin/sh\n'.padEnd(200))],
  ['32 bits', Buffer.from(node.subarray(0, 4096)).fill(1, 4, 5)],
  ['another machine', Buffer.from(node.subarray(0, 4096)).fill(183, 18, 19)],
  ['a header alone', node.subarray(0, 64)],
  ['no program headers', Buffer.from(node.subarray(0, 4096)).fill(0, 56, 58)],
])('%s is no executable of ours', (_name, file) => {
  expect(parseElf(readerOf(file))).toBeUndefined();
});

test('mutated headers give an answer in bounded time, never a throw', () => {
  let seed = 12345;
  const random = (below: number) => {
    seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff;
    return seed % below;
  };
  const sectionTable = Number(node.readBigUInt64LE(40));
  for (let round = 0; round < 2000; round++) {
    const header = Buffer.from(node.subarray(0, 4096));
    const sections = Buffer.from(node.subarray(sectionTable));
    for (let flips = random(8); flips >= 0; flips--) {
      if (random(2) === 0) header[random(1024)] = random(256);
      else sections[random(sections.length)] = random(256);
    }
    let read = 0;
    const elf = parseElf((offset, length) => {
      read += length;
      if (offset < header.length)
        return offset + length <= header.length ? header.subarray(offset, offset + length) : undefined;
      if (offset >= sectionTable) return readerOf(sections)(offset - sectionTable, length);
      return length < 2 ** 20 ? Buffer.alloc(length) : undefined;
    });
    elf?.symbols(['_PyRuntime', 'PyType_Type']);
    expect(read).toBeLessThan(400 * 2 ** 20);
  }
});
