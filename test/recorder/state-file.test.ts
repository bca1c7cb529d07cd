import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chownSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { ReadFailure } from '../../src/model/failure.ts';
import { openStateFile } from '../../src/recorder/state-file.ts';
import { recordTree } from '../linux/recorded-tree.ts';
import { testNeeding } from '../real/needs.ts';

function stateFile() {
  const folder = recordTree({}).path;
  const path = join(folder, 'state.jsonl');
  return { folder, path, file: openStateFile(path, 'history') };
}

/** The text of a file that is whole, whatever it says. */
function wholeText(...lines: string[]): string {
  const text = lines.map((line) => `${line}\n`).join('');
  return `${text}${JSON.stringify({ sha256: createHash('sha256').update(text).digest('hex') })}\n`;
}

test('lines come back as they were written', async () => {
  const { file } = stateFile();
  const lines = ['{"a":1}', '', 'größer\t\u2028', 'x'.repeat(1e6)];
  await file.write({ bootId: 'b' }, lines);
  expect(file.read()).toEqual({ header: { heapwatch: 'history', version: 1, bootId: 'b' }, lines });
  await file.write({}, []);
  expect(file.read()?.lines).toEqual([]);
});

test('where there is none yet, there is nothing', () => {
  expect(stateFile().file.read()).toBeUndefined();
});

test('a file is for our eyes only, its folder is made, and nothing unfinished is left', async () => {
  const { folder } = stateFile();
  const path = join(folder, 'new', 'state.jsonl');
  const size = await openStateFile(path, 'history').write({}, ['a']);
  expect(statSync(path)).toMatchObject({ size });
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(statSync(join(folder, 'new')).mode & 0o777).toBe(0o700);
  expect(readdirSync(join(folder, 'new'))).toEqual(['state.jsonl']);
});

test.each([
  ['is empty', '', /not written by heapwatch/],
  ['is another program’s', '{"grafana":1}\n', /not written by heapwatch/],
  [
    'is our file of another kind',
    wholeText('{"heapwatch":"deaths","version":1}'),
    /not written by heapwatch as its history/,
  ],
  [
    'is of a later version',
    wholeText('{"heapwatch":"history","version":2}', 'x'),
    /version 2, and this .* knows version 1/,
  ],
  ['is cut', wholeText('{"heapwatch":"history","version":1}', 'abc', 'def').slice(0, -30), /is damaged/],
  ['ends after its header', '{"heapwatch":"history","version":1}\n', /is damaged/],
  ['has a byte changed', wholeText('{"heapwatch":"history","version":1}', 'abc').replace('abc', 'abd'), /is damaged/],
  ['is followed by more', `${wholeText('{"heapwatch":"history","version":1}', 'abc')}more\n`, /is damaged/],
])('a file that %s is named and set aside', (_, text, reason) => {
  const { path, file } = stateFile();
  writeFileSync(path, text);
  expect(() => file.read()).toThrow(ReadFailure);
  expect(existsSync(path)).toBe(false);
  expect(readFileSync(`${path}.rejected`, 'utf8')).toBe(text);
  writeFileSync(path, text);
  expect(() => file.read()).toThrow(reason);
  expect(file.read()).toBeUndefined();
});

test('where a file was set aside a new one is written', async () => {
  const { path, file } = stateFile();
  writeFileSync(path, 'damaged');
  expect(() => file.read()).toThrow(/renamed/);
  await file.write({}, ['a']);
  expect(file.read()?.lines).toEqual(['a']);
});

test.each([
  ['a pipe', 'mkfifo "$0"', /not a regular file/],
  ['a folder', 'mkdir "$0"', /not a regular file/],
  ['a file that is too large', 'truncate --size=200M "$0"', /larger than 134217728 bytes/],
])('%s is set aside unread', (_, command, reason) => {
  const { path, file } = stateFile();
  expect(spawnSync('sh', ['-c', command, path]).status).toBe(0);
  expect(() => file.read()).toThrow(reason);
  expect(file.read()).toBeUndefined();
});

test('a link to one of our files elsewhere is not followed', async () => {
  const { path, file } = stateFile();
  await file.write({}, ['planted']);
  renameSync(path, `${path}.elsewhere`);
  symlinkSync(`${path}.elsewhere`, path);
  expect(() => file.read()).toThrow(/cannot be read/);
});

test('a file that has a second name is not believed', async () => {
  const { path, file } = stateFile();
  await file.write({}, ['planted']);
  linkSync(path, `${path}.second`);
  expect(() => file.read()).toThrow(/has a second name/);
});

testNeeding('root', process.getuid?.() === 0)(
  'a whole file that another user has made, where everyone may, is not believed',
  async () => {
    const { path, file } = stateFile();
    await file.write({}, ['planted']);
    chownSync(path, 65_534, 65_534);
    expect(() => file.read()).toThrow(/belongs to user 65534/);
    expect(file.read()).toBeUndefined();
  },
);

test('what cannot be set aside is told so, and not overwritten', async () => {
  const { path, file } = stateFile();
  writeFileSync(path, 'ours?');
  mkdirSync(`${path}.rejected`);
  expect(() => file.read()).toThrow(/could not be renamed .*: move it away/);
  await expect(file.write({}, ['a'])).rejects.toThrow(/state\.jsonl is left as it is/);
  expect(readFileSync(path, 'utf8')).toBe('ours?');
});

test('what could not be read is not overwritten, before it is read', async () => {
  const { path, file } = stateFile();
  await file.write({}, ['precious']);
  renameSync(path, `${path}.elsewhere`);
  symlinkSync(path, path); // a link to itself cannot be opened, and root is stopped too
  expect(() => file.read()).toThrow(/cannot be read: .*choose another place/);
  await expect(file.write({}, ['a'])).rejects.toThrow(/state\.jsonl is left as it is/);
  renameSync(`${path}.elsewhere`, path);
  await expect(file.write({}, ['a'])).rejects.toThrow(/state\.jsonl is left as it is/);
  expect(file.read()?.lines).toEqual(['precious']);
  await file.write({}, ['a']);
  expect(file.read()?.lines).toEqual(['a']);
});

test('a link that someone has put in our way is replaced, not followed', async () => {
  const { folder, path, file } = stateFile();
  const victim = join(folder, 'victim');
  writeFileSync(victim, 'precious');
  symlinkSync(victim, `${path}.unfinished`);
  await file.write({}, ['a']);
  expect(readFileSync(victim, 'utf8')).toBe('precious');
  expect(file.read()?.lines).toEqual(['a']);
});

test('a save that fails leaves the last one as it was', async () => {
  const { path, file } = stateFile();
  await file.write({}, ['first']);
  const failing = function* () {
    yield 'second';
    throw new ReadFailure('gone', 'no more');
  };
  await expect(file.write({}, failing())).rejects.toThrow('no more');
  expect(file.read()?.lines).toEqual(['first']);
  expect(existsSync(`${path}.unfinished`)).toBe(false);
});

test('a place that cannot be written is told in words', async () => {
  const { folder } = stateFile();
  writeFileSync(join(folder, 'file'), '');
  const path = join(folder, 'file', 'state.jsonl');
  await expect(openStateFile(path, 'history').write({}, [])).rejects.toThrow(/state\.jsonl cannot be written: /);
});

testNeeding('root', process.getuid?.() === 0)(
  'a full disk is told in words, and the last save is still there',
  async () => {
    const { folder } = stateFile();
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', folder]);
    expect(mounted.status, String(mounted.stderr)).toBe(0);
    onTestFinished(() => void spawnSync('umount', [folder]));
    const file = openStateFile(join(folder, 'state.jsonl'), 'history');
    await file.write({}, ['small']);
    await expect(file.write({}, ['x'.repeat(100_000)])).rejects.toThrow(/no space left.*choose another place/);
    expect(file.read()?.lines).toEqual(['small']);
    spawnSync('mount', ['-o', 'remount,ro', folder]);
    await expect(file.write({}, ['small'])).rejects.toMatchObject({ kind: 'denied', message: /read-only/ });
  },
);
