import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { PageCache } from '../../src/memory/page-cache.ts';
import { pageSize } from '../../src/memory/pagemap.ts';
import { ProcessMemory } from '../../src/memory/process-memory.ts';

const present = 1n << 63n;
const swapped = 1n << 62n;
const guard = 1n << 58n;

/** A recorded process: every byte of page n is n + 1, and `pages` are its pagemap entries. */
function recordedMemory(pages: bigint[], memoryPages = pages.length): ProcessMemory {
  const procfsPath = mkdtempSync(join(tmpdir(), 'heapwatch-'));
  onTestFinished(() => rmSync(procfsPath, { recursive: true }));
  mkdirSync(join(procfsPath, '7'));
  const bytes = Buffer.alloc(memoryPages * pageSize).map((_, at) => Math.floor(at / pageSize) + 1);
  writeFileSync(join(procfsPath, '7/mem'), bytes);
  writeFileSync(join(procfsPath, '7/pagemap'), Buffer.from(BigUint64Array.from(pages).buffer));
  const memory = new ProcessMemory({ pid: 7, startTicks: 1, procfsPath });
  onTestFinished(() => memory.close());
  return memory;
}

/** The values of a buffer, runs of the same value folded: [value, length]. */
function runs(bytes: Uint8Array): [number, number][] {
  const result: [number, number][] = [];
  for (const value of bytes) {
    const last = result.at(-1);
    if (last?.[0] === value) last[1]++;
    else result.push([value, 1]);
  }
  return result;
}

test('present pages are read, absent ones are 0 and are not touched', () => {
  const memory = recordedMemory([present, 0n, present]);
  const into = new Uint8Array(3 * pageSize).fill(255);
  expect(memory.read(0, into, 0, into.length)).toBe(2 * pageSize);
  expect(runs(into)).toEqual([
    [1, pageSize],
    [0, pageSize],
    [3, pageSize],
  ]);
  expect(memory.swappedBytes).toBe(0);
});

test('a read in any alignment fills just its part of the buffer', () => {
  const memory = recordedMemory([present, present, 0n]);
  const into = new Uint8Array(20).fill(255);
  expect(memory.read(pageSize - 5, into, 3, 10)).toBe(10);
  expect(runs(into)).toEqual([
    [255, 3],
    [1, 5],
    [2, 5],
    [255, 7],
  ]);
});

test('a page in swap reads as 0 and is counted', () => {
  const memory = recordedMemory([swapped, present]);
  const into = new Uint8Array(2 * pageSize);
  memory.read(0, into, 0, into.length);
  expect(runs(into)).toEqual([
    [0, pageSize],
    [2, pageSize],
  ]);
  expect(memory.swappedBytes).toBe(pageSize);
});

test('a guard region holds nothing: it is absent, not in swap', () => {
  const memory = recordedMemory([swapped | guard, present]);
  memory.read(0, new Uint8Array(2 * pageSize), 0, 2 * pageSize);
  expect(memory.swappedBytes).toBe(0);
});

test('a page that vanished since the pagemap was read is 0 and counts as lost', () => {
  const memory = recordedMemory([present, present, present], 1);
  const into = new Uint8Array(3 * pageSize).fill(255);
  expect(memory.read(0, into, 0, into.length)).toBe(pageSize);
  expect(runs(into)).toEqual([
    [1, pageSize],
    [0, 2 * pageSize],
  ]);
  expect(memory.lostBytes).toBe(2 * pageSize);
});

test.each([-1, -4096, -5000, -(2 ** 40), -0.5, Number.NaN, 2 ** 53 - 4, 2 ** 53, 2 ** 64, Number.POSITIVE_INFINITY])(
  'at %d, which a hostile pointer may make, nothing is read and just the wanted bytes are cleared',
  (address) => {
    const memory = recordedMemory([present, present]);
    const into = new Uint8Array(20).fill(255);
    expect(memory.read(address, into, 3, 10)).toBe(0);
    expect(runs(into)).toEqual([
      [255, 3],
      [0, 10],
      [255, 7],
    ]);
    expect(memory.readWord(address)).toBeUndefined();
    expect(new PageCache(memory).read(address, 10)).toBeUndefined();
  },
);

test('an address beyond the end of the address space is absent', () => {
  const memory = recordedMemory([present]);
  expect(memory.read(2 ** 52, new Uint8Array(8), 0, 8)).toBe(0);
  expect(memory.readWord(Number.MAX_SAFE_INTEGER - 8)).toBeUndefined();
});

test('a word is a number, or undefined when absent or beyond 2^53', () => {
  const memory = recordedMemory([present, 0n]);
  expect(memory.readWord(0)).toBeUndefined(); // 0x0101010101010101
  expect(memory.readWord(pageSize)).toBeUndefined();
});

test('a cached read crosses pages, and is undefined when one of them is absent', () => {
  const pages = new PageCache(recordedMemory([present, present, 0n]));
  expect(runs(pages.read(pageSize - 2, 4)!)).toEqual([
    [1, 2],
    [2, 2],
  ]);
  expect(pages.read(2 * pageSize - 2, 4)).toBeUndefined();
});

test('a process that is not there is gone, and says so', () => {
  expect(() => new ProcessMemory({ pid: 7, startTicks: 1, procfsPath: '/nonexistent' })).toThrow(
    expect.objectContaining({ kind: 'gone', message: 'process 7 has ended' }),
  );
});
