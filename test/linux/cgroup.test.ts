import { expect, test } from 'vitest';
import { openProcessCgroup } from '../../src/linux/cgroup.ts';
import { readCgroupV1 } from '../../src/linux/cgroup-v1.ts';
import { readCgroupV2 } from '../../src/linux/cgroup-v2.ts';
import { recordTree } from './recorded-tree.ts';

const reader = (files: Record<string, string>) => (file: string) => files[file];

const V1 = {
  'memory.usage_in_bytes': '1000000\n',
  'memory.limit_in_bytes': '2000000\n',
  'memory.stat': 'cache 5\nrss 6\ninactive_file 7\ntotal_rss 200000\ntotal_inactive_file 300000\n',
  'memory.oom_control': 'oom_kill_disable 0\nunder_oom 0\noom_kill 3\n',
};

const V2 = {
  'memory.current': '1000000\n',
  'memory.max': '2000000\n',
  'memory.stat': 'anon 200000\ninactive_anon 5\ninactive_file 300000\nactive_file 4\n',
  'memory.events': 'low 0\nhigh 0\nmax 9\noom 4\noom_kill 3\noom_group_kill 0\n',
};

const EXPECTED = {
  usageBytes: 1_000_000,
  workingSetBytes: 700_000,
  anonymousBytes: 200_000,
  limitBytes: 2_000_000,
  oomKills: 3,
};

test('both versions tell use, working set, anonymous memory, limit and kills', () => {
  expect(readCgroupV1(reader(V1))).toEqual(EXPECTED);
  expect(readCgroupV2(reader(V2))).toEqual(EXPECTED);
});

test('no limit is absent', () => {
  const unlimited = { ...V1, 'memory.limit_in_bytes': '9223372036854771712\n' };
  expect(readCgroupV1(reader(unlimited))).not.toHaveProperty('limitBytes');
  expect(readCgroupV2(reader({ ...V2, 'memory.max': 'max\n' }))).not.toHaveProperty('limitBytes');
});

test('a kernel that does not count kills leaves them absent', () => {
  const old = { ...V1, 'memory.oom_control': 'oom_kill_disable 0\nunder_oom 0\n' };
  expect(readCgroupV1(reader(old))).not.toHaveProperty('oomKills');
});

test('the root of version 2, which has no memory files, is absent', () => {
  expect(readCgroupV2(reader({ 'memory.stat': V2['memory.stat'] }))).toBeUndefined();
});

test('more reclaimable cache than use, as batched counters can say, is a working set of 0', () => {
  expect(readCgroupV2(reader({ ...V2, 'memory.current': '5\n' }))?.workingSetBytes).toBe(0);
});

const under = (folder: string, files: Record<string, string>) =>
  Object.fromEntries(Object.entries(files).map(([name, text]) => [`${folder}/${name}`, text]));

/** A procfs in which our own mounts show `ownRoot` and those of process 42 show `targetRoot`. */
function procfs(ownRoot: string, targetRoot: string, path: string) {
  const tree = recordTree({ '42/cgroup': `0::${path}\n`, '42/root': { link: '../container' } });
  tree.write({
    'self/mountinfo': `1 1 0:1 ${ownRoot} ${tree.path}/own rw - cgroup2 cgroup2 rw\n`,
    '42/mountinfo': `1 1 0:1 ${targetRoot} /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n`,
  });
  return { tree, cgroup: openProcessCgroup({ procfsPath: tree.path, pid: 42, startTicks: 1 }) };
}

test('a cgroup that our own mounts show is read there', () => {
  const { tree, cgroup } = procfs('/', '/', '/app');
  tree.write(under('own/app', V2));
  expect(cgroup.read()).toEqual(EXPECTED);
});

test('the cgroup of another container is read through its own mounts', () => {
  const { tree, cgroup } = procfs('/', '/../app', '/../app');
  tree.write({ ...under('own', { ...V2, 'memory.current': '5\n' }), ...under('container/sys/fs/cgroup', V2) });
  expect(cgroup.read()).toEqual(EXPECTED);
});

test('what no mount shows is absent', () => {
  expect(procfs('/', '/../app', '/../other').cgroup.read()).toBeUndefined();
  expect(procfs('/', '/', '/app').cgroup.read()).toBeUndefined();
});

test('a process that is moved is followed', () => {
  const { tree, cgroup } = procfs('/', '/', '/app');
  tree.write({ ...under('own/app', V2), ...under('own/moved', { ...V2, 'memory.current': '400000\n' }) });
  cgroup.read();
  const key = cgroup.own?.key;
  tree.write({ '42/cgroup': '0::/moved\n' });
  expect(cgroup.read()?.usageBytes).toBe(400_000);
  expect(cgroup.own?.key).not.toBe(key);
});

test('kills are read after the process has ended, until its cgroup is removed', () => {
  const { tree, cgroup } = procfs('/', '/', '/app');
  tree.write(under('own/app', V2));
  cgroup.read();
  tree.write({ '42': undefined, ...under('own/app', { 'memory.events': 'oom_kill 4\n' }) });
  expect(cgroup.own?.readOomKills()).toBe(4);
  tree.write({ 'own/app': undefined });
  expect(cgroup.own?.readOomKills()).toBeUndefined();
});

test('the root of version 1, whose files tell of the whole machine, is absent', () => {
  expect(readCgroupV1(reader({ ...V1, release_agent: '\n' }))).toBeUndefined();
});

test('version 2 tells how long tasks waited for memory', () => {
  const pressure =
    'some avg10=0.00 avg60=0.00 avg300=0.00 total=1500000\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=250000\n';
  expect(readCgroupV2(reader({ ...V2, 'memory.pressure': pressure }))?.pressureSeconds).toEqual({
    some: 1.5,
    full: 0.25,
  });
});

const limited = (usageBytes: number, limit: string) => ({
  'memory.current': `${usageBytes}\n`,
  'memory.max': `${limit}\n`,
  'memory.stat': 'inactive_file 1000\n',
});

test('of all limits around a cgroup the one that is met first is told, with its own usage', () => {
  const { tree, cgroup } = procfs('/', '/', '/kubepods/pod1/app');
  tree.write({
    ...under('own/kubepods/pod1/app', V2),
    ...under('own/kubepods/pod1', limited(2_600_000, '3000000')),
    ...under('own/kubepods', limited(5_000_000, '9000000')),
  });
  expect(cgroup.read()).toEqual({
    ...EXPECTED,
    bindingAncestor: { usageBytes: 2_600_000, workingSetBytes: 2_599_000, limitBytes: 3_000_000 },
  });
  tree.write(under('own/kubepods/pod1', limited(2_600_000, 'max')));
  expect(cgroup.read()).not.toHaveProperty('bindingAncestor');
});

test('a cgroup without a limit of its own is bound by the one around it', () => {
  const { tree, cgroup } = procfs('/', '/', '/pod/app');
  tree.write({
    ...under('own/pod/app', { ...V2, 'memory.max': 'max\n' }),
    ...under('own/pod', limited(5_000, '9000')),
  });
  expect(cgroup.read()?.bindingAncestor?.limitBytes).toBe(9000);
});

test.each([
  ['counts what is below it', '1', 1_500_000],
  ['leaves out what is below it', '0', undefined],
])('of version 1, a cgroup around it that %s', (_, hierarchy, limitBytes) => {
  const tree = recordTree({ '42/cgroup': '4:memory:/pod/app\n' });
  tree.write({
    'self/mountinfo': `1 1 0:1 / ${tree.path}/own rw - cgroup cgroup rw,memory\n`,
    ...under('own/pod/app', V1),
    ...under('own/pod', { ...V1, 'memory.limit_in_bytes': '1500000\n', 'memory.use_hierarchy': `${hierarchy}\n` }),
    ...under('own', { ...V1, 'memory.limit_in_bytes': '1000001\n', release_agent: '\n' }),
  });
  const cgroup = openProcessCgroup({ procfsPath: tree.path, pid: 42, startTicks: 1 });
  expect(cgroup.read()?.bindingAncestor?.limitBytes).toBe(limitBytes);
});

test('of another container nothing around it is seen, and nothing outside of its mount is looked at', () => {
  const { tree, cgroup } = procfs('/', '/../pod/app', '/../pod/app');
  tree.write({ ...under('container/sys/fs/cgroup', V2), ...under('container/sys/fs', limited(1_000_000, '1000001')) });
  expect(cgroup.read()).toEqual(EXPECTED);
  expect(cgroup.outer).toBeUndefined();
});

const POD_UID = 'ab12'.repeat(8);

test.each([
  ['cgroupfs', `/kubepods/burstable/pod${POD_UID}`],
  ['systemd', '/kubepods.slice/kubepods-pod0a1b2c3d_0a1b_0a1b_0a1b_0a1b2c3d4e5f.slice'],
])('the pod (%s) still counts the kill of a container whose cgroup is removed', (_, pod) => {
  const { tree, cgroup } = procfs('/', '/', `${pod}/app`);
  tree.write({ ...under(`own${pod}/app`, V2), ...under(`own${pod}`, { 'memory.events': 'oom_kill 5\n' }) });
  cgroup.read();
  expect(cgroup.outer?.key).toBe(`2:${pod}`);
  tree.write({ '42': undefined, [`own${pod}/app`]: undefined });
  tree.write(under(`own${pod}`, { 'memory.events': 'oom_kill 6\n' }));
  expect([cgroup.own?.readOomKills(), cgroup.outer?.readOomKills()]).toEqual([undefined, 6]);
});

test.each([
  `/docker/${'4f5c'.repeat(16)}`,
  `/system.slice/docker-${'4f5c'.repeat(16)}.scope`,
  '/system.slice/shop.service',
  `/kubepods/pod${POD_UID}/${'4f5c'.repeat(16)}/init.scope`,
  `/kubepods-pod${POD_UID}.slice:cri-containerd:${'4f5c'.repeat(16)}/init.scope`,
])('around %s is no pod that could tell of its kills', (path) => {
  const { tree, cgroup } = procfs('/', '/', path);
  tree.write(under(`own${path}`, V2));
  expect(cgroup.read()).toEqual(EXPECTED);
  expect(cgroup.own).toBeDefined();
  expect(cgroup.outer).toBeUndefined();
});

const own = openProcessCgroup({ procfsPath: '/proc', pid: process.pid, startTicks: 0 }).read();

test.skipIf(own === undefined)('our own cgroup, where it is visible, holds at least our private memory', () => {
  expect(own?.usageBytes).toBeGreaterThan(process.memoryUsage().heapUsed);
  expect(own?.workingSetBytes).toBeLessThanOrEqual(own?.usageBytes ?? 0);
  expect(own?.anonymousBytes).toBeGreaterThan(process.memoryUsage().heapUsed);
});
