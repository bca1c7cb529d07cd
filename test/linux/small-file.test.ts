import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { readFileStart, readSmallFile } from '../../src/linux/small-file.ts';
import { testNeeding } from '../real/needs.ts';
import { startCommand } from '../real/program.ts';
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

test('below the root of a target no link is followed', () => {
  const { path } = recordTree({ '7/root/stat': 'own', '7/root/link': { link: 'stat' } });
  expect(readSmallFile(`${path}/7/root/stat`)).toBe('own');
  expect(() => readSmallFile(`${path}/7/root/link`)).toThrow(/not a regular file of its folder/);
});

testNeeding('root', process.getuid?.() === 0)(
  'below the root of a target no file is read that is mounted over the one of its folder',
  async () => {
    const { path } = recordTree({ 'memory.stat': '', 'memory.current': '4096' });
    const script = 'mount --bind /proc/version "$0/memory.stat" && echo "ready " && exec sleep 60';
    const { pid } = await startCommand({}, 'unshare', ['--mount', 'sh', '-c', script, path]);
    expect(readSmallFile(`/proc/${pid}/root${path}/memory.current`)).toBe('4096');
    expect(() => readSmallFile(`/proc/${pid}/root${path}/memory.stat`)).toThrow(/not a regular file of its folder/);
  },
);
