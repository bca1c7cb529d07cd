// What an attacker would build on purpose, and no random change finds: the largest structures that the bounds allow,
// arranged so that they cost most.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { parseElf } from '../../src/memory/elf.ts';
import { parseMappings } from '../../src/memory/mappings.ts';
import { PageCache } from '../../src/memory/page-cache.ts';
import { pageSize } from '../../src/memory/pagemap.ts';
import { ProcessMemory, readMappings } from '../../src/memory/process-memory.ts';
import { ReadFailure } from '../../src/model/failure.ts';
import { findMainArenas, readArenas } from '../../src/runtimes/cpython/arenas.ts';
import { scanMalloc } from '../../src/runtimes/cpython/census/scan-malloc.ts';
import { Tally } from '../../src/runtimes/cpython/census/tally.ts';
import { TypeReader } from '../../src/runtimes/cpython/census/type-names.ts';
import type { PythonImage } from '../../src/runtimes/cpython/image.ts';
import { findLayout } from '../../src/runtimes/cpython/layouts/index.ts';
import { readVersion } from '../../src/runtimes/cpython/python-version.ts';
import { watchAllocations } from './allocation-watch.ts';
import { type Pages, withPages } from './hostile-memory.ts';

const layout = findLayout('3.11.7')!;
const noAbort = new Int32Array(new SharedArrayBuffer(4));
const MiB = 2 ** 20;

/** CPU time of a run; of the fastest of three when it takes longer, as other tests may have the processor meanwhile. */
function millisecondsOf(run: () => unknown, limit = 1000): number {
  let fastest = Number.POSITIVE_INFINITY;
  for (let attempt = 0; attempt < 3 && fastest > limit; attempt++) {
    const began = process.cpuUsage();
    run();
    const { user, system } = process.cpuUsage(began);
    fastest = Math.min(fastest, (user + system) / 1000);
  }
  return fastest;
}

function allocatedBy(run: () => unknown): number {
  const watch = watchAllocations();
  try {
    run();
    return watch.bytes;
  } finally {
    watch.end();
  }
}

/** A process whose files other than maps are empty: its memory is `withPages`. */
function processWith(maps: string) {
  const procfsPath = mkdtempSync(join(tmpdir(), 'heapwatch-'));
  onTestFinished(() => rmSync(procfsPath, { recursive: true }));
  mkdirSync(join(procfsPath, '7'));
  for (const [name, text] of Object.entries({ maps, mem: '', pagemap: '' })) {
    writeFileSync(join(procfsPath, '7', name), text, 'latin1');
  }
  return { pid: 7, startTicks: 1, procfsPath };
}

function memoryOf(maps: string): ProcessMemory {
  const memory = new ProcessMemory(processWith(maps));
  onTestFinished(() => memory.close());
  return memory;
}

/** One page repeated, of 64-bit words that repeat. */
function pageOf(...words: bigint[]): Uint8Array {
  const page = new BigUint64Array(pageSize / 8).map((_, index) => words[index % words.length]!);
  return new Uint8Array(page.buffer);
}

const tableStart = 0x7f0000000000;
const dataStart = 0x555500000000;
const maps =
  `${dataStart.toString(16)}-${(dataStart + 64 * MiB).toString(16)} rw-p 00000000 08:01 42 /usr/bin/python3.11\n` +
  `${tableStart.toString(16)}-${(tableStart + 64 * MiB).toString(16)} rw-p 00000000 00:00 0 \n`;
const image: PythonImage = {
  path: '/usr/bin/python3.11',
  symbols: new Map(),
  typeAddress: dataStart,
  version: '3.11.7',
  writable: [0, 16, 32, 48].map((offset) => ({
    start: dataStart + offset * MiB,
    end: dataStart + (offset + 16) * MiB,
  })),
};

test.each<[string, Uint8Array | undefined]>([
  ['absent', undefined],
  ['zero, so that every row is a free one', new Uint8Array(pageSize)],
  ['rows that are valid but for the last word of a page', validRows()],
])('data full of pointers to tables whose memory is %s is searched in a second', (_, tablePage) => {
  const memory = memoryOf(maps);
  const data = pageOf(2n ** 20n, BigInt(tableStart));
  const pages: Pages = (page) => (page * pageSize < tableStart ? data : tablePage);
  const look = () => withPages(pages, () => findMainArenas(memory, image, layout, parseMappings(maps)));
  expect(millisecondsOf(look)).toBeLessThan(1000);
  expect(allocatedBy(look)).toBeLessThan(600 * MiB);
});

function validRows(): Uint8Array {
  const page = pageOf(0n, 0n, 0n, 0n, 0n, 0n);
  new DataView(page.buffer).setBigUint64(pageSize - 8, 1n, true);
  return page;
}

test('a table that names one arena a million times is no table: its objects would be counted a million times', () => {
  const memory = memoryOf(maps);
  const arena = 0x7e0000000000n;
  const row = [
    arena,
    arena + BigInt(layout.arenaBytes),
    BigInt(layout.arenaBytes / layout.poolBytes) << 32n,
    0n,
    0n,
    0n,
  ];
  const table = new Uint8Array(new BigUint64Array(Array.from({ length: 512 }, () => row).flat()).buffer);
  const variables = new Uint8Array(pageOf(BigInt(tableStart), 2n ** 20n));
  const perTable = table.length / pageSize;
  const first = tableStart / pageSize;
  const pages: Pages = (page) => {
    if (page < first) return variables;
    const at = ((page - first) % perTable) * pageSize;
    return table.subarray(at, at + pageSize);
  };
  const read = () => {
    try {
      return withPages(pages, () => readArenas(memory, [{ arenas: dataStart, maxArenas: dataStart + 8 }], layout));
    } catch (error) {
      if (error instanceof ReadFailure) return error.kind;
      throw error;
    }
  };
  expect(read()).toBe('busy');
  expect(millisecondsOf(read)).toBeLessThan(1000);
});

test('a table of 256 GiB of arenas in any order is read in a second', () => {
  const old = findLayout('3.8.18')!;
  const memory = memoryOf(maps);
  const rows = 2 ** 20;
  const table = new BigUint64Array(rows * 6);
  for (let row = 0; row < rows; row++) {
    const address = 0x7000_0000_0000 + ((row * 7919) % rows) * old.arenaBytes;
    table.set(
      [BigInt(address), BigInt(address + old.arenaBytes), BigInt(old.arenaBytes / old.poolBytes) << 32n],
      row * 6,
    );
  }
  const bytes = new Uint8Array(table.buffer);
  const variables = pageOf(BigInt(tableStart), BigInt(rows));
  const first = tableStart / pageSize;
  const pages: Pages = (page) =>
    page < first ? variables : bytes.subarray((page - first) * pageSize, (page - first + 1) * pageSize);
  const read = () =>
    withPages(pages, () => readArenas(memory, [{ arenas: dataStart, maxArenas: dataStart + 8 }], old).length);
  expect(read()).toBe(rows);
  expect(millisecondsOf(read, 2000)).toBeLessThan(2000);
});

test('types whose dicts are full of names that are not sought do not make a census slow', () => {
  const memory = memoryOf('');
  const old = findLayout('3.8.18')!;
  // One page is everything: type, metatype, dict, its keys and their text, each field at the offset that its reader takes.
  const page = pageOf(BigInt(dataStart));
  const view = new DataView(page.buffer);
  view.setUint32(168, 0xffffffff, true); // tp_flags
  view.setBigUint64(16, BigInt('__module__'.length), true); // length of a str
  view.setBigUint64(32, 0x68n, true); // tp_basicsize, state of a compact str of kind 2, keys of a dict
  view.setBigUint64(40, 0n, true); // tp_itemsize
  const read = () =>
    withPages(
      () => page,
      () => {
        const types = new TypeReader(new PageCache(memory), { read: () => undefined }, old, dataStart);
        return Array.from({ length: 5000 }, (_, type) => types.read(dataStart + type * pageSize)).filter(Boolean)
          .length;
      },
    );
  expect(read()).toBe(5000);
  expect(millisecondsOf(read, 2500)).toBeLessThan(2500);
});

test.each([
  ['[heap]', 'sizes that lead nowhere', pageOf(0n, 0x400011n, 0n, 0xan)],
  ['[heap]', 'smallest chunks', pageOf(0n, 0x21n, 1n, BigInt(dataStart))],
  ['[heap]', 'nothing', new Uint8Array(pageSize)],
  ['', 'nothing', new Uint8Array(pageSize)],
  ['', 'mapped chunks of one page', pageOf(0n, 0x1002n)],
])('a mapping %j of 256 MiB with %s is walked in two seconds', (path, _, page) => {
  const start = 0x7f0000000000;
  const memory = memoryOf('');
  const [mapping] = parseMappings(
    `${start.toString(16)}-${(start + 256 * MiB).toString(16)} rw-p 00000000 00:00 0    ${path}\n`,
  );
  const walk = () =>
    withPages(
      () => page,
      () => {
        const tally = new Tally(() => undefined, { start: 0, end: 0 }, layout);
        const input = { memory, mappings: [mapping!], arenas: [], layout, tally, abort: noAbort, prefixBytes: 0 };
        return scanMalloc(input);
      },
    );
  expect(millisecondsOf(walk, 2000)).toBeLessThan(2000);
});

test('many mappings beside many arenas are matched in a second', () => {
  const memory = memoryOf('');
  const arenas = Array.from({ length: 2 ** 18 }, (_, index) => {
    const address = tableStart + index * 2 * layout.arenaBytes;
    return { address, start: address, end: address + layout.arenaBytes, poolsInUse: 1 };
  });
  const mapping = parseMappings('1000-2000 rw-p 00000000 00:00 0 \n')[0]!;
  const mappings = Array.from({ length: 65_000 }, (_, index) => {
    const start = tableStart + 2 ** 40 + index * 2 * pageSize;
    return { ...mapping, start, end: start + pageSize };
  });
  const walk = () =>
    withPages(
      () => undefined,
      () => {
        const tally = new Tally(() => undefined, { start: 0, end: 0 }, layout);
        return scanMalloc({ memory, mappings, arenas, layout, tally, abort: noAbort, prefixBytes: 0 });
      },
    );
  expect(millisecondsOf(walk)).toBeLessThan(1000);
});

/** A sparse file of `size` bytes: an ELF header, section headers as given, and one byte repeated behind them. */
function elfWith(sections: readonly { type: number; link: number; offset: number; bytes: number }[], filler: Buffer) {
  const head = Buffer.alloc(pageSize * 16);
  head.writeUInt32BE(0x7f454c46, 0);
  head.set([2, 1, 1], 4);
  head.writeUInt16LE(62, 18);
  head.writeBigUInt64LE(64n, 32); // program headers
  head.writeUInt16LE(56, 54);
  head.writeUInt16LE(1, 56);
  head.writeUInt32LE(1, 64);
  head.writeBigUInt64LE(4096n, 40); // section headers
  head.writeUInt16LE(64, 58);
  head.writeUInt16LE(sections.length, 60);
  head.writeUInt16LE(0, 62);
  sections.forEach(({ type, link, offset, bytes }, index) => {
    const at = 4096 + index * 64;
    head.writeUInt32LE(type, at + 4);
    head.writeBigUInt64LE(BigInt(offset), at + 24);
    head.writeBigUInt64LE(BigInt(bytes), at + 32);
    head.writeUInt32LE(link, at + 40);
  });
  return (offset: number, length: number) =>
    offset + length <= head.length ? head.subarray(offset, offset + length) : filler.subarray(0, length);
}

const tableBytes = 64 * MiB;

test('512 section names in a table of 64 MiB without an end are read in a second', () => {
  const filler = Buffer.alloc(tableBytes, 'x');
  const sections = Array.from({ length: 512 }, () => ({ type: 3, link: 0, offset: 2 ** 30, bytes: tableBytes }));
  const read = elfWith(sections, filler);
  expect(millisecondsOf(() => parseElf(read))).toBeLessThan(1000);
});

test('64 MiB of symbols that all have one name, told many times, are read in a second and in little memory', () => {
  const name = '_PyRuntime\0';
  const symbol = Buffer.alloc(24);
  symbol.writeUInt16LE(1, 6);
  const symbols = Buffer.alloc(tableBytes, symbol);
  const strings = Buffer.alloc(tableBytes, name);
  const sections = [
    { type: 3, link: 0, offset: 2 ** 31, bytes: 64 },
    { type: 11, link: 2, offset: 2 ** 30, bytes: tableBytes - (tableBytes % 24) },
    { type: 3, link: 0, offset: 2 ** 31, bytes: tableBytes },
  ];
  const readHead = elfWith(sections, strings);
  const elf = parseElf((offset, length) =>
    offset === 2 ** 30 ? symbols.subarray(0, length) : readHead(offset, length),
  )!;
  const names = ['_PyRuntime', 'PyRuntime', 'Runtime', 'e'];
  const before = process.memoryUsage.rss();
  expect(millisecondsOf(() => elf.symbols(names))).toBeLessThan(1000);
  expect(process.memoryUsage.rss() - before).toBeLessThan(100 * MiB);
});

test('a text of numbers and points does not make the search for the version slow', () => {
  const memory = memoryOf('');
  for (const text of ['1.1.', '1.11', '1', ' 1.1.1', '1.1.1 ', '1.1.1a']) {
    const page = new Uint8Array(Buffer.alloc(pageSize, text));
    const read = () =>
      withPages(
        () => page,
        () => readVersion(memory, { ...image, version: '3.8' }),
      );
    expect(millisecondsOf(read), text).toBeLessThan(1000);
  }
});

test('paths made to be matched again and again do not make maps slow', () => {
  const path = `/${' '.repeat(4000)}\r`;
  const row = (index: number) =>
    `${(index * 8192).toString(16)}-${(index * 8192 + 4096).toString(16)} rw-p 00000000 00:00 1                ${path}\n`;
  const text = Array.from({ length: 4000 }, (_, index) => row(index + 1)).join('');
  expect(millisecondsOf(() => parseMappings(text))).toBeLessThan(1000);
  expect(parseMappings(text)).toHaveLength(4000);
});

test('maps of more than 16 MiB are refused', () => {
  const process = processWith(`${'0'.repeat(16 * MiB)}\n`);
  expect(() => readMappings(process)).toThrow(expect.objectContaining({ kind: 'unreadable' }));
});
