import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { readFileStart, readSmallFile } from '../../src/linux/small-file.ts';
import { recordTree } from './recorded-tree.ts';

test('a file of procfs, which claims to be empty, is read to its end', () => {
  expect(readSmallFile('/proc/self/status')).toMatch(/^Name:.*VmRSS:.*\n$/s);
});

test('a file is read up to the bound and refused above it', () => {
  const { path } = recordTree({ fits: 'x'.repeat(10_000), surplus: 'x'.repeat(10_001) });
  expect(readSmallFile(`${path}/fits`, 10_000)).toHaveLength(10_000);
  expect(() => readSmallFile(`${path}/surplus`, 10_000)).toThrow('larger than 10000 bytes');
  expect(readFileStart(`${path}/surplus`, 10_000)).toHaveLength(10_000);
});

test('a missing file is gone', () => {
  expect(() => readSmallFile('/proc/0/stat')).toThrow(expect.objectContaining({ kind: 'gone' }));
});

test('a pipe in the place of a file is refused and does not block', () => {
  const { path } = recordTree({});
  execFileSync('mkfifo', [`${path}/pipe`]);
  expect(() => readSmallFile(`${path}/pipe`)).toThrow(expect.objectContaining({ kind: 'unreadable' }));
});

test('a folder in the place of a file is refused', () => {
  const { path } = recordTree({});
  expect(() => readSmallFile(path)).toThrow(expect.objectContaining({ kind: 'unreadable' }));
});
