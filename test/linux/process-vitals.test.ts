import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { countOpenFds } from '../../src/linux/open-fds.ts';
import { readProcessStat } from '../../src/linux/process-stat.ts';
import { parseProcessStatus } from '../../src/linux/process-status.ts';
import { readProcessVitals } from '../../src/linux/process-vitals.ts';
import { recordTree, statText, statusText } from './recorded-tree.ts';

test('status gives sizes in bytes, the effective user and the innermost pid', () => {
  expect(parseProcessStatus(statusText(2928))).toEqual({
    residentBytes: 2928 * 1024,
    anonymousBytes: 1024 * 1024,
    swappedBytes: 8 * 1024,
    threads: 4,
    uid: 1000,
    innerPid: 7,
  });
});

test('what status does not tell, or tells in another form, is absent', () => {
  expect(parseProcessStatus('Name:\tVmRSS: 1 kB\nVmRSS:\t12 MB\nVmSwap:\tmany kB\nThreads:\t1\n')).toEqual({
    threads: 1,
  });
});

test('vitals come from stat, status and the list of descriptors', () => {
  const { path: procfsPath } = recordTree({
    '42/stat': statText({ pid: 42, startTicks: 5 }),
    '42/status': statusText(2048),
    '42/fd/0': '',
    '42/fd/1': '',
    '42/fd/17': '',
  });
  expect(readProcessVitals({ procfsPath, pid: 42, startTicks: 5 })).toEqual({
    residentBytes: 2048 * 1024,
    anonymousBytes: 1024 * 1024,
    swappedBytes: 8 * 1024,
    cpuSeconds: 3,
    threads: 4,
    openFds: 3,
  });
});

test('descriptors that we may not list are absent', () => {
  const { path: procfsPath } = recordTree({
    '42/stat': statText({ pid: 42, startTicks: 5 }),
    '42/status': statusText(2048),
  });
  expect(readProcessVitals({ procfsPath, pid: 42, startTicks: 5 })).not.toHaveProperty('openFds');
});

test('a stopped process is read, an ended one is gone', async () => {
  const child = spawn('sleep', ['60']);
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child, 'spawn');
  const pid = child.pid as number;
  const ref = { procfsPath: '/proc', pid, startTicks: readProcessStat('/proc', pid).startTicks };
  child.kill('SIGSTOP');
  expect(readProcessVitals(ref).residentBytes).toBeGreaterThan(0);
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(() => readProcessVitals(ref)).toThrow(expect.objectContaining({ kind: 'gone' }));
});

test('one more open file is one more descriptor', () => {
  const before = countOpenFds('/proc', process.pid) ?? Number.NaN;
  const fd = openSync('/dev/null', 'r');
  onTestFinished(() => closeSync(fd));
  expect(countOpenFds('/proc', process.pid)).toBe(before + 1);
});
