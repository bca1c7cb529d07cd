import {
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openRecordings, type RecordingBounds } from '../../src/recorder/recordings.ts';
import { recordTree } from '../linux/recorded-tree.ts';
import { testNeeding } from '../real/needs.ts';
import { smallDisk } from './small-disk.ts';

const BOUNDS: RecordingBounds = { fileBytes: 100, folderBytes: 1000, files: 4, waitingBytes: 400, open: 3 };
const NOW = new Date('2026-01-02T03:04:05.678Z');
const LATER = new Date('2026-01-02T03:04:06Z');

/** The files of a folder with their content. */
function contents(folder: string): Record<string, string> {
  return Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
}

test('lines are written in their order, to a file named after the process and the time', async () => {
  const folder = join(recordTree({}).path, 'new', 'records');
  const recordings = openRecordings(folder, BOUNDS);
  const recording = recordings.begin('shop /a\n-42', NOW)!;
  recording.add('one');
  await recordings.write();
  recording.add('two');
  recording.add('three');
  await recordings.write();
  expect(contents(folder)).toEqual({ 'shop_a_-42-20260102T030405678Z.trace.jsonl': 'one\ntwo\nthree\n' });
});

test('what waits when a recording ends is written, and makes room for another one', async () => {
  const folder = recordTree({}).path;
  const recordings = openRecordings(folder, { ...BOUNDS, open: 1 });
  const recording = recordings.begin('a', NOW)!;
  recording.add('one');
  expect(recordings.begin('b', NOW)).toBeUndefined();
  recording.end();
  recording.add('not any more');
  expect(recordings.begin('b', NOW)).toBeDefined();
  await recordings.write();
  expect(Object.values(contents(folder))).toEqual(['one\n']);
});

test('a recording that has reached its size is over', async () => {
  const recordings = openRecordings(recordTree({}).path, BOUNDS);
  const recording = recordings.begin('a', NOW)!;
  recording.add('x'.repeat(60));
  await recordings.write();
  expect(recording.isOver).toBe(false);
  recording.add('x'.repeat(60));
  expect(recording.isOver).toBe(true);
});

test('no more lines wait than memory may take', () => {
  const recordings = openRecordings(recordTree({}).path, { ...BOUNDS, fileBytes: 1000 });
  const [first, second] = [recordings.begin('a', NOW)!, recordings.begin('b', NOW)!];
  first.add('x'.repeat(390));
  expect(second.isOver).toBe(false);
  second.add('x'.repeat(20));
  expect(second.isOver).toBe(true);
  expect(recordings.begin('c', NOW)).toBeUndefined();
});

/** Recordings of an earlier run, the first the oldest. */
function earlier(folder: string, sizes: readonly number[]): string[] {
  return sizes.map((bytes, index) => {
    const name = `old-${index}-20250101T00000000${index}Z.trace.jsonl`;
    writeFileSync(join(folder, name), 'x'.repeat(bytes));
    utimesSync(join(folder, name), 1_700_000_000 + index, 1_700_000_000 + index);
    return name;
  });
}

test.each([
  ['number', [10, 10, 10, 10], 3],
  ['size', [300, 300, 350], 2],
])('where there are too many by %s, the oldest go and nothing else', async (_, sizes, left) => {
  const folder = recordTree({ 'notes.txt': 'mine', 'trace.jsonl': 'mine' }).path;
  const old = earlier(folder, sizes);
  mkdirSync(join(folder, 'folder-20250101T000000000Z.trace.jsonl'));
  symlinkSync('notes.txt', join(folder, 'link-20250101T000000000Z.trace.jsonl'));
  const before = readdirSync(folder);
  const recordings = openRecordings(folder, BOUNDS);
  recordings.begin('a', NOW)!.add('one');
  await recordings.write();
  const gone = old.slice(0, old.length - left);
  const expected = [...before.filter((name) => !gone.includes(name)), 'a-20260102T030405678Z.trace.jsonl'];
  expect(readdirSync(folder)).toEqual(expected.sort());
});

test('what is being written does not go, however old', async () => {
  const folder = recordTree({}).path;
  const recordings = openRecordings(folder, { ...BOUNDS, files: 2 });
  for (const name of ['a', 'b', 'c']) recordings.begin(name, NOW)!.add(name);
  await recordings.write();
  expect(Object.values(contents(folder))).toEqual(['a\n', 'b\n', 'c\n']);
});

test('a file or a link that is already there is not written to, and that is told', async () => {
  const folder = recordTree({ secret: 'mine', 'b-20260102T030405678Z.trace.jsonl': 'mine' }).path;
  symlinkSync('secret', join(folder, 'a-20260102T030405678Z.trace.jsonl'));
  const recordings = openRecordings(folder, BOUNDS);
  const both = ['a', 'b'].map((name) => recordings.begin(name, NOW)!);
  for (const recording of both) recording.add('one');
  await expect(recordings.write()).rejects.toThrow(/samples are not recorded in .*EEXIST/);
  expect(both.map(({ isOver }) => isOver)).toEqual([true, true]);
  expect(new Set(Object.values(contents(folder)))).toEqual(new Set(['mine']));
});

test('another file that has taken the place of ours is not written to', async () => {
  const folder = recordTree({ victim: 'precious' }).path;
  const recordings = openRecordings(folder, BOUNDS);
  const recording = recordings.begin('a', NOW)!;
  recording.add('one');
  await recordings.write();
  const path = join(folder, 'a-20260102T030405678Z.trace.jsonl');
  rmSync(path);
  linkSync(join(folder, 'victim'), path);
  recording.add('two');
  await expect(recordings.write()).rejects.toThrow(/is another file/);
  expect(readFileSync(join(folder, 'victim'), 'utf8')).toBe('precious');
  expect(recording.isOver).toBe(true);
});

testNeeding('root', process.getuid?.() === 0)(
  'a full disk leaves whole lines, and is written to again when there is room',
  async () => {
    const disk = smallDisk(64);
    const recordings = openRecordings(disk.path, { ...BOUNDS, fileBytes: 1e6, waitingBytes: 1e6 });
    const first = recordings.begin('a', NOW)!;
    first.add('one');
    await recordings.write();
    const second = recordings.begin('b', NOW)!;
    for (const recording of [first, second]) recording.add('x'.repeat(100_000));
    await expect(recordings.write()).rejects.toThrow(/ENOSPC.*make room/);
    expect([first.isOver, second.isOver]).toEqual([true, true]);
    expect(contents(disk.path)).toEqual({ 'a-20260102T030405678Z.trace.jsonl': 'one\n' });
    recordings.begin('a', LATER)!.add('two');
    await recordings.write();
    expect(contents(disk.path)['a-20260102T030406000Z.trace.jsonl']).toBe('two\n');
  },
);
