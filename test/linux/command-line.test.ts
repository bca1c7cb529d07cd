import { expect, test } from 'vitest';
import { parseCommandLine } from '../../src/linux/command-line.ts';

test('what ends a command line is no argument, an empty one within it is', () => {
  expect(parseCommandLine(Buffer.from('python3\0\0worker.py\0\0\0'))).toEqual(['python3', '', 'worker.py']);
  expect(parseCommandLine(Buffer.from('\0\0'))).toEqual([]);
  expect(parseCommandLine(Buffer.alloc(0))).toEqual([]);
});

test('a command line of nothing but ends takes no time', () => {
  expect(parseCommandLine(Buffer.from(`${'\0'.repeat(2 ** 20)}x`))).toHaveLength(2 ** 20 + 1);
});
