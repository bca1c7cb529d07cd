import { expect, test } from 'vitest';
import { cgroupFolder, parseCgroupMounts } from '../../src/linux/cgroup-mounts.ts';
import { parseCgroupPath } from '../../src/linux/cgroup-path.ts';

test.each([
  ['version 1', '9:name=systemd:/\n4:cpu,memory:/docker/abc\n0::/\n', { version: 1, path: '/docker/abc' }],
  ['version 2', '0::/system.slice/shop.service\n', { version: 2, path: '/system.slice/shop.service' }],
  ['a sibling of our namespace', '0::/../app\n', { version: 2, path: '/../app' }],
  ['a path with colons', '0::/a:b:c\n', { version: 2, path: '/a:b:c' }],
  ['a removed cgroup', '0::/gone (deleted)\n', undefined],
  ['no memory controller at all', '3:cpuset:/\n', undefined],
  ['nonsense', 'memory\n::\n', undefined],
])('the memory cgroup of %s is found', (_, text, expected) => {
  expect(parseCgroupPath(text)).toEqual(expected);
});

const MOUNTS = `31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755
32 31 0:29 / /sys/fs/cgroup/cpu rw,relatime - cgroup cgroup rw,cpu
35 31 0:32 / /sys/fs/cgroup/memory rw,relatime shared:9 master:1 - cgroup cgroup rw,memory
41 31 0:38 / /sys/fs/my\\040groups rw,relatime - cgroup2 cgroup2 rw
`;

test('mounts of both versions are found, with their names decoded', () => {
  expect(parseCgroupMounts(MOUNTS)).toEqual([
    { version: 1, root: '/', mountPoint: '/sys/fs/cgroup/memory' },
    { version: 2, root: '/', mountPoint: '/sys/fs/my groups' },
  ]);
});

test('broken lines of mountinfo are passed over', () => {
  expect(parseCgroupMounts('1 2 - cgroup2\n - \n35 31 0:32 /\n\n')).toEqual([]);
});

const mount = (root: string) => [{ version: 2 as const, root, mountPoint: '/sys/fs/cgroup' }];

test.each([
  ['/', '/', '/sys/fs/cgroup'],
  ['/', '/shop.slice/web', '/sys/fs/cgroup/shop.slice/web'],
  ['/docker/abc', '/docker/abc', '/sys/fs/cgroup'],
  ['/docker/abc', '/docker/abc/sub', '/sys/fs/cgroup/sub'],
  ['/docker/abc', '/docker/abcdef', undefined],
  ['/', '/../app', undefined],
  ['/../app', '/../app/sub', '/sys/fs/cgroup/sub'],
  ['/../app', '/../other', undefined],
  ['/..', '/../app', '/sys/fs/cgroup/app'],
])('a mount of %s shows the cgroup %s at %s', (root, path, folder) => {
  expect(cgroupFolder(mount(root), { version: 2, path })).toEqual(folder && { folder, top: '/sys/fs/cgroup' });
});

test('a mount of the other version shows nothing', () => {
  expect(cgroupFolder(mount('/'), { version: 1, path: '/' })).toBeUndefined();
});
