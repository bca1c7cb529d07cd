import { closeSync, constants, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { followFile } from '../../src/recorder/log-tail.ts';
import { isWrittenThere } from '../../src/recorder/written-file.ts';
import { recordTree } from '../linux/recorded-tree.ts';

const O_PATH = 0o10000000;

/** A descriptor of ours stands for one of a target. */
function descriptor(path: string, flags: number): string {
  const fd = openSync(path, flags);
  onTestFinished(() => closeSync(fd));
  return `/proc/${process.pid}/fd/${fd}`;
}

function fileWith(text: string): string {
  const path = join(recordTree({}).path, 'log');
  writeFileSync(path, text);
  return path;
}

test.each([
  ['written', constants.O_WRONLY, true],
  ['appended to', constants.O_WRONLY | constants.O_APPEND, true],
  ['read and written', constants.O_RDWR, true],
  ['read', constants.O_RDONLY, false],
  ['only named, as one is that may not be read', O_PATH, false],
])('a file that a process has %s is followed as its log: %s', (_, flags, expected) => {
  const link = descriptor(fileWith('before\n'), flags);
  const tail = followFile(link);
  expect(tail !== undefined).toBe(expected);
  tail?.close();
});

test('a file that was put in the place of the one that was opened does not vouch for it', () => {
  const secret = openSync(fileWith('secret'), constants.O_RDONLY);
  onTestFinished(() => closeSync(secret));
  expect(isWrittenThere(descriptor(fileWith(''), constants.O_WRONLY), secret)).toBe(false);
});

test('of a process that has ended nothing is a log', () => {
  const file = openSync(fileWith(''), constants.O_RDONLY);
  onTestFinished(() => closeSync(file));
  expect(isWrittenThere('/proc/4194303/fd/1', file)).toBe(false);
});
