import { basename } from 'node:path';
import { expect, test } from 'vitest';
import { parseCommandLine, readCommandLine } from '../../src/linux/command-line.ts';
import { executableName, readExecutable } from '../../src/linux/executable.ts';
import { recordTree } from './recorded-tree.ts';

test('an executable that an upgrade replaced keeps its name', () => {
  expect(executableName('/usr/bin/python3.11 (deleted)')).toBe('python3.11');
  expect(executableName('/opt/my app/python3')).toBe('python3');
});

test('the identity follows the file, not the name', () => {
  const tree = recordTree({ a: 'a', b: 'b', '42/exe': { link: '../a' } });
  const first = readExecutable(tree.path, 42);
  expect(readExecutable(tree.path, 42)).toEqual(first);
  tree.write({ '42/exe': { link: '../b' } });
  expect(readExecutable(tree.path, 42).identity).not.toBe(first.identity);
});

test('our own executable is known', () => {
  expect(readExecutable('/proc', process.pid).name).toBe(basename(process.execPath));
});

test('a command line is cut into its arguments, empty ones included', () => {
  expect(parseCommandLine(Buffer.from('python3\0-u\0\0app.py\0'))).toEqual(['python3', '-u', '', 'app.py']);
  expect(parseCommandLine(Buffer.from('gunicorn: worker [shop]\0\0\0\0'))).toEqual(['gunicorn: worker [shop]']);
  expect(parseCommandLine(Buffer.from(''))).toEqual([]);
});

test('a huge command line is cut', () => {
  const { path } = recordTree({ '42/cmdline': `python3\0${'x'.repeat(1_000_000)}\0` });
  expect(readCommandLine(path, 42).join('\0')).toHaveLength(4096);
});
