import { expect, test } from 'vitest';
import { parseCommandLine } from '../../src/config/command-line.ts';
import type { SettingTable } from '../../src/config/setting.ts';
import { settingTable } from '../../src/config/settings.ts';
import { boolean, duration, integer } from '../../src/config/value-types.ts';

const topTable = {
  pid: { argument: 'pid', type: integer(1, 4194304), help: 'the process to look at' },
  limit: { flag: 'limit', type: integer(1, 10000), default: '50', help: 'Rows' },
  growthSeconds: { flag: 'growth', type: duration(1, 3600), help: 'Time between two censuses' },
  json: { flag: 'json', type: boolean, default: 'false', help: 'Print JSON' },
} satisfies SettingTable;

test('without flags every setting has its default, typed', () => {
  expect(parseCommandLine(settingTable, [])).toEqual({
    ok: true,
    values: {
      listenAddress: { port: 10148 },
      telemetryPath: '/metrics',
      procfsPath: '/proc',
      logLevel: 'info',
      logFormat: 'logfmt',
      minAgeSeconds: 10,
      maxTargets: 256,
      censusEnabled: true,
      censusTypes: 50,
    },
  });
});

test('a flag wins over the environment, the environment over the default', () => {
  const environment = { HEAPWATCH_LOG_LEVEL: 'warn', HEAPWATCH_CENSUS_TYPES: '7', HEAPWATCH_LOG_FORMAT: '' };
  expect(parseCommandLine(settingTable, ['--log.level', 'debug'], environment)).toMatchObject({
    ok: true,
    values: { logLevel: 'debug', censusTypes: 7, logFormat: 'logfmt' },
  });
});

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
    values: { pid: 1234, limit: 5, growthSeconds: 90, json: true },
  });
  expect(parseCommandLine(topTable, ['--', '77'])).toEqual({
    ok: true,
    values: { pid: 77, limit: 50, growthSeconds: undefined, json: false },
  });
});

test('an optional argument may be left out', () => {
  const table = { pid: { ...topTable.pid, optional: true }, json: topTable.json } satisfies SettingTable;
  expect(parseCommandLine(table, ['--json'])).toEqual({ ok: true, values: { pid: undefined, json: true } });
  expect(parseCommandLine(table, ['7'])).toEqual({ ok: true, values: { pid: 7, json: false } });
});

test('every mistake is listed at once, each with its place', () => {
  const argv = ['--limit', 'many', '--no-json=1', '--frob=3', '-x', 'abc', 'surplus', '--json=maybe', '--growth'];
  expect(parseCommandLine(topTable, argv)).toEqual({
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

test('a flag is not taken for the value of the one before it', () => {
  expect(parseCommandLine(settingTable, ['--path.procfs', '--log.level', 'debug'])).toEqual({
    ok: false,
    mistakes: ['--path.procfs needs a value'],
  });
});

test('a missing argument, a repeated flag and a bad variable are mistakes', () => {
  expect(parseCommandLine(topTable, ['--limit=1', '--limit=2'], { HEAPWATCH_GROWTH: '0s' })).toEqual({
    ok: false,
    mistakes: [
      '--limit is given more than once',
      '<pid> is missing: the process to look at',
      'HEAPWATCH_GROWTH must be from 1s to 3600s, not "0s"',
    ],
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
