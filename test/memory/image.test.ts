import { execFileSync } from 'node:child_process';
import { closeSync, copyFileSync, existsSync, mkdirSync, readFileSync, symlinkSync, truncateSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { readSmallFile } from '../../src/linux/small-file.ts';
import { openMappedFile, withImage } from '../../src/memory/image.ts';
import { MappedFiles } from '../../src/memory/mapped-files.ts';
import type { Mapping } from '../../src/memory/mappings.ts';
import { recordTree } from '../linux/recorded-tree.ts';
import { testNeeding } from '../real/needs.ts';

// What a target arranges below its own root, to be read by a heapwatch that may not open /proc/<pid>/map_files.

const path = '/opt/app/lib.so';
const secret = 'root:$6$secret';

/** A procfs of one process that maps `path`; `arrange` is given its root. */
function target(arrange: (root: string) => void) {
  const tree = recordTree({ '7/root/etc/hostname': 'inside', 'host/app/lib.so': secret });
  const root = join(tree.path, '7/root');
  mkdirSync(join(root, 'opt'));
  arrange(root);
  const mapping: Mapping = {
    ...{ start: 2 ** 40, end: 2 ** 40 + 4096, readable: true, writable: false, executable: true, shared: false },
    ...{ offset: 0, inode: 9, path },
  };
  return { process: { pid: 7, startTicks: 1, procfsPath: tree.path }, mappings: [mapping], start: mapping.start };
}

function put(root: string, make: (file: string) => void): void {
  const file = join(root, path);
  mkdirSync(dirname(file), { recursive: true });
  make(file);
}

test.each<[string, (root: string) => void]>([
  ['a link in its place', (root) => put(root, (file) => symlinkSync(join(root, '../../host/app/lib.so'), file))],
  ['a folder on the way that is a link', (root) => symlinkSync(join(root, '../../host/app'), join(root, 'opt/app'))],
  ['a pipe', (root) => put(root, (file) => void execFileSync('mkfifo', [file]))],
  ['a folder', (root) => put(root, (file) => void mkdirSync(file))],
])('%s is not opened as a file that the target has mapped, and nothing behind it is read', (_, arrange) => {
  const { process, mappings, start } = target(arrange);
  expect(openMappedFile(process, mappings, path)).toBeUndefined();
  const files = new MappedFiles(process, mappings);
  expect(files.read(start, 100)).toBeUndefined();
  files.close();
  expect(withImage(process, mappings, path, () => 'read')).toBeUndefined();
});

const canMakeDevices = process.getuid?.() === 0;

// /dev/full tells nothing of being opened; a tape rewinds, and a watchdog starts to wait.
testNeeding('root', canMakeDevices)('a device is not opened in the place of a file', () => {
  const device = (file: string) => void execFileSync('mknod', [file, 'c', '1', '7']);
  const { process, mappings } = target((root) => put(root, device));
  expect(openMappedFile(process, mappings, path)).toBeUndefined();
  const fromCgroup = target((root) => put(root, (file) => symlinkSync('/dev/full', file))).process;
  expect(() => readSmallFile(`${fromCgroup.procfsPath}/7/root${path}`)).toThrow(/not a regular file/);
});

test('a file of a terabyte with nothing in it is no image, and costs nothing', () => {
  const { process, mappings } = target((root) =>
    put(root, (file) => {
      copyFileSync('/etc/hostname', file);
      truncateSync(file, 2 ** 40);
    }),
  );
  const before = globalThis.process.memoryUsage().rss;
  expect(withImage(process, mappings, path, () => 'read')).toBeUndefined();
  expect(globalThis.process.memoryUsage().rss - before).toBeLessThan(2 ** 27);
});

test('the file itself is opened where no link is on the way', () => {
  const { process, mappings, start } = target((root) => put(root, (file) => copyFileSync('/etc/hostname', file)));
  const file = openMappedFile(process, mappings, path);
  expect(file).toBeDefined();
  closeSync(file!);
  const files = new MappedFiles(process, mappings);
  expect(files.read(start, 4)).toEqual(readFileSync('/etc/hostname').subarray(0, 4));
  files.close();
  expect(existsSync(join(process.procfsPath, '7/root', path))).toBe(true);
});
