import { randomBytes } from 'node:crypto';
import { appendFileSync, chownSync, linkSync, renameSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { followFile, readFurther } from '../../src/recorder/log-tail.ts';
import { recordTree } from '../linux/recorded-tree.ts';
import { testNeeding } from '../real/needs.ts';

const MIB = 1024 * 1024;
const GIB = 1024 * MIB;

function follow(content = 'earlier\n') {
  const path = join(recordTree({ log: content }).path, 'log');
  const tail = followFile(path)!;
  onTestFinished(tail.close);
  return { path, tail, append: (text: string | Buffer) => appendFileSync(path, text) };
}

test('what is written later is read, line by line; a line that is not whole yet waits', () => {
  const { tail, append } = follow();
  expect(tail.read()).toEqual([]);
  append('one\r\ntwo\nthr');
  expect(tail.read()).toEqual(['one', 'two']);
  append('ee\n');
  expect(tail.read()).toEqual(['three']);
});

test('a file that is renamed is read to its end, then the one in its place', () => {
  const { path, tail, append } = follow();
  append('one\n');
  renameSync(path, `${path}.1`);
  appendFileSync(`${path}.1`, 'two\n');
  writeFileSync(path, 'three\n');
  expect(tail.read()).toEqual(['one', 'two', 'three']);
  append('four\n');
  expect(tail.read()).toEqual(['four']);
});

test('a file that is renamed and has no successor is followed', () => {
  const { path, tail } = follow();
  renameSync(path, `${path}.1`);
  appendFileSync(`${path}.1`, 'late\n');
  expect(tail.read()).toEqual(['late']);
});

test('a file that is truncated is read from its start', () => {
  const { path, tail, append } = follow('a long line that was here before\n');
  truncateSync(path);
  append('new\n');
  expect(tail.read()).toEqual(['new']);
});

test('of much that was written at once the newest is read', () => {
  const { tail, append } = follow();
  append(`${'x'.repeat(99)}\n`.repeat(10_000));
  append('last\n');
  const lines = tail.read();
  expect(lines.length).toBeLessThan(2700);
  expect(lines.at(-1)).toBe('last');
});

test('a line without an end takes no more than its bound', () => {
  const { tail, append } = follow();
  for (let time = 0; time < 20; time++) {
    append('y'.repeat(200_000));
    expect(tail.read()).toEqual([]);
  }
  append('\nshort\n');
  const [long, short] = tail.read();
  expect(long!.length).toBeLessThanOrEqual(4096);
  expect(short).toBe('short');
});

test('of a log of 10 GB only what is new is read, and the newest of it', () => {
  const { path, tail, append } = follow();
  const place = tail.place()!;
  truncateSync(path, 10 * GIB); // a hole: nothing is on the disk
  append('\none\ntwo\n');
  expect(tail.read().slice(-2)).toEqual(['one', 'two']);
  const later = followFile(path)!;
  append('three\n');
  expect(later.read()).toEqual(['three']);
  later.close();
  expect(readFurther(place).slice(-3)).toEqual(['one', 'two', 'three']);
});

test('a line of 100 MB takes no more than its bound, however it is written', () => {
  const { tail, append } = follow();
  const piece = 'y'.repeat(10 * MIB);
  const before = process.memoryUsage().heapUsed;
  for (let part = 0; part < 10; part++) {
    append(piece);
    if (part % 2 === 0) expect(tail.read()).toEqual([]);
  }
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(30 * MIB);
  append('\nshort\n');
  const lines = tail.read();
  expect(lines.at(-1)).toBe('short');
  expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(4096);
});

test('of many short lines the newest are told: each takes its time', () => {
  const { tail, append } = follow();
  append(`${'error\n'.repeat(20_000)}last\n`);
  const lines = tail.read();
  expect(lines).toHaveLength(4096);
  expect(lines.at(-1)).toBe('last');
});

test('a megabyte of any bytes is lines that can be printed', () => {
  const { tail, append } = follow();
  for (let part = 0; part < 5; part++) {
    append(randomBytes(200_000));
    const lines = tail.read();
    expect(lines.length).toBeGreaterThan(100);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what shall not be kept
    expect(lines.some((line) => line.length > 4096 || /[\u0000-\u0008\u000a-\u001f]/.test(line))).toBe(false);
  }
});

test('binary is made printable', () => {
  const { tail, append } = follow();
  append(Buffer.from([0x1b, 0x5b, 0x33, 0x31, 0x6d, 0x00, 0x41, 0xff, 0x0a]));
  expect(tail.read()).toEqual([' [31m A\ufffd']);
  append('C1 \u009b31m, bidi \u202e, line \u2028 and tab \t.\n');
  expect(tail.read()).toEqual(['C1  31m, bidi  , line   and tab \t.']);
});

test('what was written further is read by who comes later, also from a file that was rotated meanwhile', () => {
  const { path, tail, append } = follow();
  append('one\n');
  tail.read();
  const place = tail.place()!;
  append('two\n');
  expect(readFurther(place)).toEqual(['two']);
  renameSync(path, `${path}.1`);
  writeFileSync(path, 'three\n');
  expect(readFurther(place)).toEqual(['two', 'three']);
  renameSync(`${path}.1`, `${path}.2`);
  expect(readFurther(place)).toEqual([]);
});

test.each(['none', '.'])('what is no regular file is not followed: %s', (name) => {
  expect(followFile(join(recordTree({}).path, name))).toBeUndefined();
});

test('after close there is nothing', () => {
  const { tail, append } = follow();
  tail.close();
  tail.close();
  append('late\n');
  expect(tail.read()).toEqual([]);
});

test('where a log was rotated no link in its place is followed', () => {
  const secret = join(recordTree({ secret: 'not for everyone\n' }).path, 'secret');
  const { path, tail } = follow();
  const place = tail.place()!;
  renameSync(path, `${path}.1`);
  appendFileSync(`${path}.1`, 'two\n');
  symlinkSync(secret, path);
  expect(readFurther(place)).toEqual(['two']);
});

testNeeding('root', process.getuid?.() === 0)(
  'where a log was rotated no file of another user is read that a hard link has put in its place',
  () => {
    const secret = join(recordTree({ secret: 'not for everyone\n' }).path, 'secret');
    const { path, tail } = follow();
    const place = tail.place()!;
    renameSync(path, `${path}.1`);
    chownSync(`${path}.1`, 65_534, 65_534);
    linkSync(secret, path);
    expect(readFurther(place)).toEqual([]);
  },
);
