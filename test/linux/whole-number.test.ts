import { expect, test } from 'vitest';
import { parseBootTime } from '../../src/linux/boot-time.ts';
import { parseCount } from '../../src/linux/cgroup-counts.ts';
import { parseMeminfo } from '../../src/linux/meminfo.ts';
import { parsePressure } from '../../src/linux/pressure.ts';
import { parseProcessStat } from '../../src/linux/process-stat.ts';
import { parseProcessStatus } from '../../src/linux/process-status.ts';
import { parseWholeNumber } from '../../src/linux/whole-number.ts';
import { parseMappings } from '../../src/memory/mappings.ts';
import { statText } from './recorded-tree.ts';

test.each([
  ['0', 0],
  ['00017', 17],
  ['18446744073709551615', 2 ** 64],
])('%s is a count', (text, expected) => {
  expect(parseWholeNumber(text)).toBe(expected);
});

test.each(['', ' 1', '1 ', '-1', '+1', '1.5', '1e3', '0x10', 'Infinity', '1\n', '9'.repeat(21), undefined])(
  '%j is none',
  (text) => {
    expect(parseWholeNumber(text)).toBeUndefined();
  },
);

const huge = '9'.repeat(400);

test('a number beyond all bounds is no number in any file: Number() would make it infinite', () => {
  expect(parseCount(`${huge}\n`)).toBeUndefined();
  expect(parseProcessStatus(`VmRSS:\t${huge} kB\nThreads:\t${huge}\n`)).toEqual({});
  expect(parsePressure(`some avg10=0.00 avg60=0.00 avg300=0.00 total=${huge}\n`)).toBeUndefined();
  expect(parsePressure(`some avg10=${huge}.00 avg60=0.00 avg300=0.00 total=1\n`)).toBeUndefined();
  expect(() => parseMeminfo(`MemTotal: ${huge} kB\nMemAvailable: 1 kB\n`)).toThrow(/MemTotal/);
  expect(() => parseBootTime(`btime ${huge}\n`)).toThrow(/btime/);
  expect(parseMappings(`1000-2000 rw-p ${huge} 00:00 0 \n1000-2000 rw-p 0 00:00 ${huge} \n`)).toEqual([]);
});

test.each([
  ['threads', ' 20 0 4 0 ', ' 20 0 -1 0 '],
  ['start time', ' 0 777 ', ' 0 -777 '],
  ['user time', ' 250 50 ', ` ${huge} 50 `],
  ['system time', ' 250 50 ', ' 250 0x50 '],
])('a stat whose %s is no count is refused', (_, field, wrong) => {
  const text = statText({ pid: 7, startTicks: 777 });
  expect(text).toContain(field);
  expect(() => parseProcessStat(text.replace(field, wrong))).toThrow(expect.objectContaining({ kind: 'unreadable' }));
});
