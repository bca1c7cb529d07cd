import { expect, test } from 'vitest';
import { parseCommandLine } from '../../src/config/command-line.ts';
import type { SettingTable } from '../../src/config/setting.ts';
import { settingTable } from '../../src/config/settings.ts';
import { boolean, duration, integer, text } from '../../src/config/value-types.ts';

const topTable = {
  pid: { argument: 'pid', type: integer(1, 4194304), help: 'the process to look at' },
  limit: { flag: 'limit', type: integer(1, 10000), default: '50', help: 'Rows' },
  growthSeconds: { flag: 'growth', type: duration(1, 3600), help: 'Time between two censuses' },
  types: { flag: 'type', type: text(), list: true, help: 'Only these' },
  json: { flag: 'json', type: boolean, default: 'false', help: 'Print JSON' },
} satisfies SettingTable;

test.each([
  [['--no-census.enabled'], false],
  [['--census.enabled=false'], false],
  [['--census.enabled'], true],
])('a switch is read from %s', (argv, expected) => {
  expect(parseCommandLine(settingTable, argv)).toMatchObject({ ok: true, values: { censusEnabled: expected } });
});

test('a command has its own table, with arguments among the flags', () => {
  expect(parseCommandLine(topTable, ['--limit=5', '1234', '--growth', '1m30s', '--json'])).toEqual({
    ok: true,
    values: { pid: 1234, limit: 5, growthSeconds: 90, types: [], json: true },
  });
  expect(parseCommandLine(topTable, ['--', '77'])).toEqual({
    ok: true,
    values: { pid: 77, limit: 50, growthSeconds: undefined, types: [], json: false },
  });
});

test('an optional argument may be left out', () => {
  const table = { pid: { ...topTable.pid, optional: true }, json: topTable.json } satisfies SettingTable;
  expect(parseCommandLine(table, ['--json'])).toEqual({ ok: true, values: { pid: undefined, json: true } });
  expect(parseCommandLine(table, ['7'])).toEqual({ ok: true, values: { pid: 7, json: false } });
});

test('a list is a flag that is repeated; a comma is part of its text', () => {
  expect(parseCommandLine(topTable, ['7', '--type=dict', '--type', 'a,b'])).toMatchObject({
    ok: true,
    values: { types: ['dict', 'a,b'] },
  });
});

test('every mistake is listed at once, each with its place', () => {
  const argv = ['--limit', 'many', '--no-json=1', '--frob=3', '-x', 'abc', 'surplus', '--json=maybe', '--growth'];
  expect(parseCommandLine(topTable, [...argv])).toEqual({
    ok: false,
    mistakes: [
      '"--no-json" is not a flag of this command',
      '"--frob" is not a flag of this command',
      '"-x" is not a flag of this command',
      '--growth needs a value',
      '<pid> must be a whole number from 1 to 4194304, not "abc"',
      '--limit must be a whole number from 1 to 10000, not "many"',
      '--json must be true or false, not "maybe"',
      '"surplus" is one argument too many',
    ],
  });
});

test.each([
  ['--discovery.minage=1s', '"--discovery.minage" is not a flag of this command: did you mean "--discovery.min-age"?'],
  ['--listen-address=:80', '"--listen-address" is not a flag of this command: did you mean "--web.listen-address"?'],
  ['--verbose', '"--verbose" is not a flag of this command'],
])('what %s was meant to be is said where it is clear', (word, mistake) => {
  expect(parseCommandLine(settingTable, [word])).toEqual({ ok: false, mistakes: [mistake] });
});

test('a flag is not taken for the value of the one before it', () => {
  expect(parseCommandLine(settingTable, ['--path.procfs', '--log.level', 'debug'])).toEqual({
    ok: false,
    mistakes: ['--path.procfs needs a value'],
  });
});

test('a missing argument and a repeated flag are mistakes', () => {
  expect(parseCommandLine(topTable, ['--limit=1', '--limit=2'])).toEqual({
    ok: false,
    mistakes: ['--limit is given more than once', '<pid> is missing: the process to look at'],
  });
});

test('a negative number is a value and an argument, not a flag', () => {
  expect(parseCommandLine(topTable, ['-5', '--limit', '-3'])).toEqual({
    ok: false,
    mistakes: [
      '<pid> must be a whole number from 1 to 4194304, not "-5"',
      '--limit must be a whole number from 1 to 10000, not "-3"',
    ],
  });
});
