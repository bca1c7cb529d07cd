import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, closeSync, mkdirSync, statSync, symlinkSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Mapping } from '../../../../src/memory/mappings.ts';
import { openRegularFile } from '../../../../src/memory/regular-file.ts';
import { findPerfDataMapping, openPerfDataFile } from '../../../../src/runtimes/hotspot/perf-data/perf-data-file.ts';
import { recordTree, statusText } from '../../../linux/recorded-tree.ts';
import { testNeeding } from '../../../real/needs.ts';

/** A procfs of one process, whose root is a folder of it. */
function procfsWith(files: Parameters<typeof recordTree>[0]) {
  const uid = process.getuid!();
  const status = statusText(1).replace(/^Uid:.*$/m, `Uid:\t${uid}\t${uid}\t${uid}\t${uid}`);
  const tree = recordTree({ '7/status': status, '7/root/etc/host': '', ...files });
  return { root: join(tree.path, '7/root'), process: { pid: 7, startTicks: 1, procfsPath: tree.path } };
}

const path = '/tmp/hsperfdata_shop/7';

function mappingOf(inode: number): Mapping {
  return {
    ...{ start: 2 ** 40, end: 2 ** 40 + 32_768, readable: true, writable: true, executable: false, shared: true },
    ...{ offset: 0, inode, path },
  };
}

/** Whether it was opened; it is closed at once. */
function opens(file: number | undefined): boolean {
  if (file !== undefined) closeSync(file);
  return file !== undefined;
}

test('the mapped file is opened, and no other of its name', () => {
  const { root, process } = procfsWith({ [`7/root${path}`]: 'data' });
  const { ino } = statSync(join(root, path));
  expect(opens(openPerfDataFile(process, mappingOf(ino)))).toBe(true);
  expect(opens(openPerfDataFile(process, mappingOf(ino + 1)))).toBe(false);
});

test('what is mapped but no file is not opened', () => {
  const { root, process } = procfsWith({ '7/map_files/10000000000-10000008000/device': '' });
  const { ino } = statSync(join(root, '../map_files/10000000000-10000008000'));
  expect(opens(openPerfDataFile(process, mappingOf(ino)))).toBe(false);
});

test('a file that is larger than any JVM makes it is not opened', () => {
  const { root, process } = procfsWith({ [`7/root${path}`]: 'data' });
  truncateSync(join(root, path), 2 ** 20 + 1);
  expect(opens(openPerfDataFile(process, mappingOf(statSync(join(root, path)).ino)))).toBe(false);
});

testNeeding('root', process.getuid?.() === 0)("a file that is not the process's own is not opened", () => {
  const { root, process } = procfsWith({ [`7/root${path}`]: 'data' });
  chownSync(join(root, path), 4711, 4711);
  expect(opens(openPerfDataFile(process, mappingOf(statSync(join(root, path)).ino)))).toBe(false);
});

test('no link on the way is followed: neither /tmp itself, nor a folder, nor the file', () => {
  const { root, process } = procfsWith({ 'outside/hsperfdata_shop/7': 'secret', '7/root/tmp/other': '' });
  const outside = join(root, '../../outside');
  symlinkSync(outside, join(root, 'linked-tmp'));
  symlinkSync(join(outside, 'hsperfdata_shop'), join(root, 'tmp/hsperfdata_shop'));
  mkdirSync(join(root, 'tmp/hsperfdata_mall'));
  symlinkSync(join(outside, 'hsperfdata_shop/7'), join(root, 'tmp/hsperfdata_mall/7'));
  for (const name of ['linked-tmp/hsperfdata_shop/7', 'tmp/hsperfdata_shop/7', 'tmp/hsperfdata_mall/7']) {
    expect(opens(openRegularFile(process, `/${name}`))).toBe(false);
  }
  expect(opens(openRegularFile(process, '/tmp/../../outside/hsperfdata_shop/7'))).toBe(false);
  expect(opens(openRegularFile(process, '/tmp/other'))).toBe(true);
});

test('a pipe and a folder are not opened, and nobody waits for them', () => {
  const { root, process } = procfsWith({ '7/root/tmp/hsperfdata_shop/8': '' });
  expect(spawnSync('mkfifo', [join(root, path)]).status).toBe(0);
  chmodSync(join(root, path), 0o666);
  expect(opens(openRegularFile(process, path))).toBe(false);
  expect(opens(openRegularFile(process, '/tmp/hsperfdata_shop'))).toBe(false);
});

test('only a shared mapping with the name that a JVM gives is one of performance data', () => {
  const right = mappingOf(9);
  const deleted = { ...right, path: `${path} (deleted)` };
  const wrong = [
    { ...right, shared: false },
    { ...right, path: '/tmp/hsperfdata_shop/core' },
    { ...right, path: '/7' },
  ];
  expect(findPerfDataMapping([...wrong, right])).toBe(right);
  expect(findPerfDataMapping([...wrong, deleted])).toBe(deleted);
  expect(findPerfDataMapping(wrong)).toBeUndefined();
});
