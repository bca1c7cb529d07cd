import { expect, test } from 'vitest';
import { parseProcessStat, readLivingProcessStat, readProcessStat } from '../../src/linux/process-stat.ts';
import { recordTree, statText } from './recorded-tree.ts';

test('the fields are found by their numbers', () => {
  expect(parseProcessStat(statText({ pid: 42, startTicks: 67299 }))).toEqual({
    comm: 'python3',
    state: 'S',
    parentPid: 1,
    kernelThread: false,
    exiting: false,
    cpuSeconds: 3,
    threads: 4,
    startTicks: 67299,
    image: '94745518944256 140731454929584',
  });
});

test('a name with spaces and parentheses does not shift the fields', () => {
  const stat = parseProcessStat(statText({ pid: 42, comm: 'a) Z (b) 1', startTicks: 7 }));
  expect(stat).toMatchObject({ comm: 'a) Z (b) 1', state: 'S', startTicks: 7 });
});

test('a kernel thread is told by its flag', () => {
  expect(parseProcessStat(statText({ pid: 2, comm: 'kthreadd', flags: 2129984, startTicks: 3 })).kernelThread).toBe(
    true,
  );
});

test.each(['', '42', '42 (python3', '42 (python3) S 1 2 3', '42 (x) '.padEnd(300, 'x ')])('%j is refused', (text) => {
  expect(() => parseProcessStat(text)).toThrow(expect.objectContaining({ kind: 'unreadable' }));
});

test('a pid that another process has by now is gone', () => {
  const { path: procfsPath } = recordTree({ '42/stat': statText({ pid: 42, startTicks: 100 }) });
  expect(readLivingProcessStat({ procfsPath, pid: 42, startTicks: 100 }).startTicks).toBe(100);
  expect(() => readLivingProcessStat({ procfsPath, pid: 42, startTicks: 99 })).toThrow(/another process/);
});

test('a zombie is gone', () => {
  const { path: procfsPath } = recordTree({ '42/stat': statText({ pid: 42, state: 'Z', startTicks: 100 }) });
  expect(() => readLivingProcessStat({ procfsPath, pid: 42, startTicks: 100 })).toThrow(
    expect.objectContaining({ kind: 'gone' }),
  );
});

test('a process that is just ending is gone, though its state says that it runs', () => {
  const text = statText({ pid: 42, state: 'R', flags: 4194308, startTicks: 100, startStack: 0 });
  const { path: procfsPath } = recordTree({ '42/stat': text });
  expect(() => readLivingProcessStat({ procfsPath, pid: 42, startTicks: 100 })).toThrow(/has ended/);
});

test('our own process is read', () => {
  const stat = readProcessStat('/proc', process.pid);
  expect(stat.startTicks).toBeGreaterThan(0);
  expect(stat.cpuSeconds).toBeGreaterThan(0);
  expect(stat.image).not.toMatch(/^[01] /);
});
