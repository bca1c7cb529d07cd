import { expect, test } from 'vitest';
import { ReadFailure } from '../../../src/model/failure.ts';
import {
  createDiscovery,
  type DiscoveryOptions,
  type DiscoveryRound,
} from '../../../src/monitor/discovery/discovery.ts';
import type { Runtime } from '../../../src/runtimes/runtime.ts';
import { statText } from '../../linux/recorded-tree.ts';
import { createFakeRuntime, type RecordedProcfs, recordProcfs } from '../fake-world.ts';

/** The clock of recorded processes: those that start with the machine are 1000 s old. */
const NOW = 1_700_000_000;

const discover = (procfs: RecordedProcfs, runtime: Runtime, options: Partial<DiscoveryOptions> = {}) => {
  let now = NOW;
  let elapsed = 0;
  const discovery = createDiscovery({
    ...{ procfsPath: procfs.path, runtimes: [runtime], minAgeSeconds: 0, maxTargets: 256 },
    ...{ roundSeconds: 5, longestBackOffSeconds: 20 },
    clock: { nowSeconds: () => now, elapsedSeconds: () => elapsed },
    ...options,
  });
  return (at = NOW, after = at - NOW) => {
    now = at;
    elapsed = after;
    return discovery.round(async () => {});
  };
};

const pids = ({ targets }: DiscoveryRound) => targets.map(({ target }) => target.process.pid);

test('a process of a runtime is a target, with all that is known from outside', async () => {
  const procfs = recordProcfs({ pid: 42, startTicks: 5000, args: ['python3', '-u', '/srv/app.py', 'secret'] });
  const { targets } = await discover(procfs, createFakeRuntime())();
  expect(targets.map(({ target }) => target)).toEqual([
    {
      runtime: 'cpython',
      version: '3.11.7',
      process: { pid: 42, startTicks: 5000, procfsPath: procfs.path },
      startTimeSeconds: NOW - 1000 + 50,
      serviceName: 'python3 app.py',
      command: 'python3',
      container: { innerPid: 7 },
    },
  ]);
});

const CONTAINER_ID = '4f5c'.repeat(16);

test('a process in a container has its name, its id and its pid inside', async () => {
  const procfs = recordProcfs({ pid: 42 });
  procfs.tree.write({
    '42/cgroup': `0::/kubepods/burstable/pod${'ab12'.repeat(8)}/${CONTAINER_ID}\n`,
    '42/environ': 'PASSWORD=secret\0KUBERNETES_SERVICE_HOST=10.0.0.1\0HOSTNAME=shop-api-7d4b9c6f5d-x2k4q\0',
  });
  const { targets } = await discover(procfs, createFakeRuntime())();
  expect(targets[0]?.target).toMatchObject({
    serviceName: 'shop-api',
    container: { id: CONTAINER_ID, podUid: 'ab12'.repeat(8), innerPid: 7 },
  });
});

test('a hostile process has a name that can be shown', async () => {
  const procfs = recordProcfs({ pid: 42 });
  procfs.tree.write({ '42/environ': `OTEL_SERVICE_NAME=sh\u202eop\n\u001b[31m"}${'x'.repeat(10_000)}\0` });
  const { targets } = await discover(procfs, createFakeRuntime())();
  expect(targets[0]?.target.serviceName).toBe(`shop[31m"}${'x'.repeat(118)}`);
});

test('a name of nothing that can be shown is not used', async () => {
  const procfs = recordProcfs({ pid: 42 });
  procfs.tree.write({ '42/environ': 'OTEL_SERVICE_NAME=\u0001\u0002\0' });
  expect((await discover(procfs, createFakeRuntime())()).targets[0]?.target.serviceName).toBe('python3 app.py');
});

test('excluded processes and those that opt out are counted, and none of them is a target', async () => {
  const procfs = recordProcfs({ pid: 42 }, { pid: 43 }, { pid: 44 }, { pid: 45 });
  procfs.tree.write({
    '42/environ': 'HEAPWATCH=off\0OTEL_SERVICE_NAME=shop\0',
    '43/environ': 'OTEL_SERVICE_NAME=shop\0',
    '44/environ': 'OTEL_SERVICE_NAME=shop-test\0',
  });
  const round = discover(procfs, createFakeRuntime(), {
    include: [{ field: 'service', glob: 'shop*' }],
    exclude: [{ field: 'service', glob: '*-test' }],
  });
  for (const found of [await round(), await round(NOW + 5)]) {
    expect(pids(found)).toEqual([43]);
    expect(found.skipped).toEqual({ denied: 0, excluded: 2, too_young: 0, over_bound: 0, opted_out: 1 });
    expect(found.failures).toEqual([]);
  }
});

test('a process that a pattern asks for says so, one that is merely found does not', async () => {
  const procfs = recordProcfs({ pid: 42 });
  procfs.tree.write({ '42/environ': 'OTEL_SERVICE_NAME=shop\0' });
  const include = [{ field: 'service', glob: 'shop*' }] as const;
  const asked = await discover(procfs, createFakeRuntime(), { include })();
  expect(asked.targets[0]?.target.isIncluded).toBe(true);
  const found = await discover(procfs, createFakeRuntime())();
  expect(found.targets[0]?.target).not.toHaveProperty('isIncluded');
});

test('what is excluded takes no place below the bound', async () => {
  const procfs = recordProcfs({ pid: 42, exe: 'other' }, { pid: 43 });
  const exclude = [{ field: 'name', glob: 'oth?r' }] as const;
  const found = await discover(procfs, createFakeRuntime(), { exclude, maxTargets: 1 })();
  expect(pids(found)).toEqual([43]);
  expect(found.skipped).toMatchObject({ excluded: 1, over_bound: 0 });
});

test('a process that opted out is asked again after an exec', async () => {
  const procfs = recordProcfs({ pid: 42 });
  procfs.tree.write({ '42/environ': 'HEAPWATCH=off\0' });
  const runtime = createFakeRuntime();
  const round = discover(procfs, runtime);
  expect(pids(await round())).toEqual([]);
  procfs.set({ pid: 42, startStack: 140731454000000 });
  procfs.tree.write({ '42/environ': 'HEAPWATCH=on\0' });
  expect(pids(await round(NOW + 5))).toEqual([42]);
  expect(runtime.detected).toEqual([42, 42]);
});

test('an environment that may not be read is no opt-out', async () => {
  const procfs = recordProcfs({ pid: 42 });
  // A folder cannot be read either, and unlike a mode it also stops root.
  procfs.tree.write({ '42/environ/file': '' });
  expect(pids(await discover(procfs, createFakeRuntime())())).toEqual([42]);
});

test('a process whose pid became another while it was looked at is passed over', async () => {
  const procfs = recordProcfs({ pid: 42, startTicks: 100 });
  const runtime = createFakeRuntime();
  const { detect } = runtime;
  runtime.detect = (process) => {
    procfs.set({ pid: 42, startTicks: 200 });
    return detect(process);
  };
  const round = discover(procfs, runtime);
  expect(pids(await round())).toEqual([]);
  expect((await round(NOW + 5)).targets[0]?.target.process.startTicks).toBe(200);
});

test('a denied process that is surely excluded is not counted as denied', async () => {
  const procfs = recordProcfs({ pid: 42 }, { pid: 43 });
  procfs.tree.write({ '43/cgroup': '0::/user.slice/x\n' });
  const runtime = createFakeRuntime();
  runtime.failures.detect = new ReadFailure('denied', 'not you');
  const found = await discover(procfs, runtime, { exclude: [{ field: 'cgroup', glob: '/user.slice/*' }] })();
  expect(found.skipped).toMatchObject({ denied: 1, excluded: 1 });
  expect(found.failures).toMatchObject([{ pid: 42 }]);
});

test('the package manager that started us is never looked at', async () => {
  const procfs = recordProcfs({ pid: 41, comm: 'npm start', args: ['npm start'] }, { pid: 42 });
  procfs.tree.write({ self: { link: '42' }, '42/stat': statText({ pid: 42, parentPid: 41, startTicks: 42 }) });
  const runtime = createFakeRuntime();
  await discover(procfs, runtime)();
  expect(runtime.detected).toEqual([]);
});

test('a process is looked at once', async () => {
  const procfs = recordProcfs({ pid: 42 }, { pid: 43 });
  const runtime = createFakeRuntime();
  const round = discover(procfs, runtime);
  await round();
  const second = await round(NOW + 5);
  expect(runtime.detected).toEqual([42, 43]);
  expect(pids(second)).toEqual([42, 43]);
});

test('a pid that is another process now is looked at again', async () => {
  const procfs = recordProcfs({ pid: 42, startTicks: 100 });
  const runtime = createFakeRuntime();
  const round = discover(procfs, runtime);
  const first = await round();
  procfs.set({ pid: 42, startTicks: 200 });
  const second = await round(NOW + 5);
  expect(runtime.detected).toEqual([42, 42]);
  expect(first.targets[0]?.target.process.startTicks).toBe(100);
  expect(second.targets[0]?.target.process.startTicks).toBe(200);
});

test.each([
  ['of another file', { exe: 'other' }],
  ['of the same file', { startStack: 140731454000000 }],
])('an exec %s under the same pid and start time is another target', async (_, change) => {
  const procfs = recordProcfs({ pid: 42, startTicks: 100 });
  const runtime = createFakeRuntime();
  const round = discover(procfs, runtime);
  const first = await round();
  procfs.set({ pid: 42, startTicks: 100, ...change });
  const second = await round(NOW + 5);
  expect(runtime.detected).toEqual([42, 42]);
  expect(second.targets[0]?.image).not.toBe(first.targets[0]?.image);
});

test('a process that is none of ours is looked at again after as long as it has lived', async () => {
  const procfs = recordProcfs({ pid: 42, startTicks: 99_000 });
  const runtime = createFakeRuntime();
  const detected: number[] = [];
  const round = discover(procfs, { ...runtime, detect: () => void detected.push(1) });
  for (let second = 0; second <= 75; second += 5) await round(NOW + second);
  // Aged 10, 20, 40 and 80 s.
  expect(detected).toHaveLength(4);
});

test('mappings, of which a process may have megabytes, are read once for all runtimes', async () => {
  const procfs = recordProcfs({ pid: 42 });
  const { path, tree } = procfs;
  tree.write({ '42/maps': '1000-2000 r--p 00000000 00:00 0 \n' });
  const seen: unknown[] = [];
  const runtime: Runtime = {
    ...createFakeRuntime(),
    detect: (_, mappings) => void seen.push(mappings?.()),
  };
  await discover(procfs, runtime, { runtimes: [runtime, runtime, runtime], procfsPath: path })();
  expect(seen).toHaveLength(3);
  expect(seen[0]).toMatchObject([{ start: 0x1000 }]);
  for (const mappings of seen) expect(mappings).toBe(seen[0]);
});

test('kernel threads, zombies and ourselves are never looked at', async () => {
  const procfs = recordProcfs(
    { pid: 2, flags: 2129984 },
    { pid: 42, state: 'Z' },
    { pid: 43 },
    { pid: 44, state: 'T' },
  );
  procfs.tree.write({ self: { link: '43' } });
  const runtime = createFakeRuntime();
  await discover(procfs, runtime)();
  expect(runtime.detected).toEqual([44]);
});

test('the young are waited for, and counted when they look like ours', async () => {
  const procfs = recordProcfs(
    { pid: 42, startTicks: 99_500 },
    { pid: 43, startTicks: 99_500, comm: 'sh', args: ['sh'] },
    { pid: 44, startTicks: 99_500, comm: 'gunicorn', args: ['/usr/bin/python3', '/usr/bin/gunicorn'] },
  );
  const runtime = createFakeRuntime();
  const round = discover(procfs, runtime, { minAgeSeconds: 10 });
  expect((await round()).skipped.too_young).toBe(2);
  expect(runtime.detected).toEqual([]);
  expect((await round(NOW + 5)).skipped.too_young).toBe(0);
  expect(runtime.detected).toEqual([42, 43, 44]);
});

test('above the bound the oldest are kept and the others counted', async () => {
  const procfs = recordProcfs({ pid: 42, startTicks: 300 }, { pid: 43, startTicks: 100 }, { pid: 44, startTicks: 200 });
  const found = await discover(procfs, createFakeRuntime(), { maxTargets: 2 })();
  expect(pids(found)).toEqual([43, 44]);
  expect(found.skipped.over_bound).toBe(1);
});

test('a denied process counts when it looks like ours, and is told once', async () => {
  const procfs = recordProcfs({ pid: 42 }, { pid: 43, comm: 'postgres', args: ['/usr/lib/postgres', '-D'] });
  const runtime = createFakeRuntime();
  runtime.failures.detect = new ReadFailure('denied', 'not you');
  const round = discover(procfs, runtime);
  const first = await round();
  expect(first).toMatchObject({ targets: [], failures: [{ pid: 42, failure: runtime.failures.detect }] });
  expect(first.skipped.denied).toBe(1);
  const later = await round(NOW + 5000);
  expect(runtime.detected).toEqual([42, 43, 42, 43]);
  expect(later.skipped.denied).toBe(1);
  expect(later.failures).toEqual([]);
});

test('one look that fails does not hide a process that has lived long, though the clock was set back', async () => {
  const procfs = recordProcfs({ pid: 42, startTicks: 100 });
  const runtime = createFakeRuntime();
  const round = discover(procfs, runtime);
  runtime.failures.detect = new ReadFailure('unreadable', 'replaced just now');
  expect((await round()).failures).toHaveLength(1);
  delete runtime.failures.detect;
  expect(pids(await round(NOW - 500, 5))).toEqual([42]);
});

test('looks that fail again and again come less and less often, and are told once', async () => {
  const procfs = recordProcfs({ pid: 42 });
  const runtime = createFakeRuntime();
  const round = discover(procfs, runtime);
  runtime.failures.detect = new ReadFailure('unreadable', 'for good');
  const looks: number[] = [];
  let told = 0;
  for (let second = 0; second <= 80; second += 5) {
    const before = runtime.detected.length;
    told += (await round(NOW + second)).failures.length;
    if (runtime.detected.length > before) looks.push(second);
  }
  expect(looks).toEqual([0, 5, 15, 35, 55, 75]);
  expect(told).toBe(1);
});

test('the first failure after looks that found nothing is told', async () => {
  const procfs = recordProcfs({ pid: 42 });
  const runtime = createFakeRuntime();
  let failing = false;
  const fails = () => {
    if (failing) throw new ReadFailure('unreadable', 'replaced just now');
    return undefined;
  };
  const round = discover(procfs, { ...runtime, detect: fails });
  await round();
  failing = true;
  expect((await round(NOW + 5000)).failures).toMatchObject([{ pid: 42 }]);
});

test('a bug in a look at one process does not stop the others', async () => {
  const procfs = recordProcfs({ pid: 42 }, { pid: 43 });
  const runtime = createFakeRuntime();
  runtime.failures.detect = new TypeError('bug');
  runtime.failures.onlyPid = 42;
  const found = await discover(procfs, runtime)();
  expect(pids(found)).toEqual([43]);
  expect(found.failures).toEqual([{ pid: 42, failure: runtime.failures.detect }]);
});

test('a process that ends while it is looked at is passed over', async () => {
  const procfs = recordProcfs({ pid: 42 }, { pid: 43 });
  const runtime = createFakeRuntime();
  runtime.failures.detect = new ReadFailure('gone', 'ended');
  runtime.failures.onlyPid = 42;
  const found = await discover(procfs, runtime)();
  expect(pids(found)).toEqual([43]);
  expect(found.failures).toEqual([]);
});

test('what is no procfs is told', async () => {
  const procfs = recordProcfs();
  procfs.tree.write({ stat: undefined });
  await expect(discover(procfs, createFakeRuntime())()).rejects.toThrow(ReadFailure);
});
