import { expect, test } from 'vitest';
import { listPids, readOwnPid } from '../../src/linux/process-list.ts';
import { recordTree } from './recorded-tree.ts';

test('only numbers are pids, in ascending order', () => {
  const { path } = recordTree({ '10/stat': '', '9/stat': '', 'sys/x': '', '007/x': '', stat: '', '1x/stat': '' });
  expect(listPids(path)).toEqual([9, 10]);
});

test('a folder that is no procfs says which flag to check', () => {
  expect(() => listPids('/nowhere')).toThrow(/--path\.procfs/);
});

test('our own pid is the link self; it is unknown in the procfs of another pid namespace', () => {
  expect(readOwnPid('/proc')).toBe(process.pid);
  const { path } = recordTree({ '1/stat': '' });
  expect(readOwnPid(path)).toBeUndefined();
});
