import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { ReadFailure } from '../../src/model/failure.ts';
import { createMonitor, type MonitorOptions } from '../../src/monitor/monitor.ts';
import { createFakeClock } from './fake-clock.ts';
import { createFakeMonitor } from './fake-monitor.ts';
import { createFakeRuntime, createRecordedLog, heapOf, type RecordedProcess, recordProcfs } from './fake-world.ts';

function monitorOf(processes: readonly RecordedProcess[], options: Partial<MonitorOptions> = {}) {
  const world = createFakeMonitor(processes, options);
  const { monitor } = world;
  const target = (pid: number) => monitor.latest().targets.find((snapshot) => snapshot.target.process.pid === pid);
  return { ...world, target };
}

test('before the start there is an empty snapshot of no time', () => {
  expect(monitorOf([{ pid: 42 }]).monitor.latest()).toMatchObject({ takenAtSeconds: 0, targets: [], deaths: [] });
});

test('the first snapshot has targets, the node, deaths and our own cost', async () => {
  const { monitor, clock } = monitorOf([{ pid: 42 }]);
  await monitor.start();
  expect(monitor.latest()).toMatchObject({
    takenAtSeconds: clock.nowSeconds(),
    targets: [
      {
        up: true,
        vitals: { process: { residentBytes: 2048 * 1024 }, heap: heapOf(1000, 0), cgroup: { limitBytes: 2_000_000 } },
      },
    ],
    deaths: [{ serviceName: 'python3 app.py', runtime: 'cpython', oomKills: 0 }],
    node: { memoryBytes: 1000 * 1024, availableBytes: 400 * 1024 },
    collectors: [{ collector: 'discovery' }, { collector: 'vitals' }, { collector: 'memory' }, { collector: 'census' }],
  });
});

test('vitals are read every 5 s; a snapshot that was handed out stays as it is', async () => {
  const { monitor, clock, runtime } = monitorOf([{ pid: 42 }]);
  await monitor.start();
  await clock.advance(0);
  const first = monitor.latest();
  const copy = structuredClone(first);
  runtime.heap = heapOf(5000, 1);
  await clock.advance(4.9);
  expect(monitor.latest()).toBe(first);
  await clock.advance(0.2);
  expect(monitor.latest().targets[0]?.vitals?.heap?.usedBytes).toBe(5000);
  expect(first).toEqual(copy);
});

test('a census is taken at first sight and then every 30 s', async () => {
  const { monitor, clock, taker, target } = monitorOf([{ pid: 42 }], { exportedTypes: 1 });
  await monitor.start();
  await clock.advance(95);
  expect(taker.taken.map(({ atSeconds }) => atSeconds)).toEqual([0, 30, 60, 90]);
  expect(target(42)).toMatchObject({
    census: { objects: 60 },
    exportedTypes: [{ type: 'tuple' }, { type: '(other)' }],
    censusIntervalSeconds: 30,
    censusResults: { ok: 4, failed: 0 },
  });
});

test('pace divides every duration', async () => {
  const { monitor, clock, taker } = monitorOf([{ pid: 42 }], { pace: 10 });
  await monitor.start();
  await clock.advance(9.5);
  expect(taker.taken.map(({ atSeconds }) => Math.round(atSeconds))).toEqual([0, 3, 6, 9]);
});

test('the floor follows the full collections', async () => {
  const { monitor, clock, runtime, target } = monitorOf([{ pid: 42 }]);
  await monitor.start();
  runtime.heap = heapOf(900, 0);
  await clock.advance(5);
  expect(target(42)).not.toHaveProperty('liveFloor');
  runtime.heap = heapOf(400, 1);
  await clock.advance(5);
  runtime.heap = heapOf(800, 1);
  await clock.advance(5);
  expect(target(42)?.liveFloor).toEqual({ bytes: 400, atSeconds: clock.nowSeconds() - 5 });
});

test('a process that ends vanishes, one that starts appears', async () => {
  const { monitor, clock, procfs, runtime, target } = monitorOf([{ pid: 42 }]);
  await monitor.start();
  procfs.end(42);
  procfs.set({ pid: 43 });
  await clock.advance(5);
  expect(target(42)).toBeUndefined();
  expect(target(43)?.up).toBe(true);
  expect(runtime.closed).toEqual([42]);
});

test('a pid that is reused is another target', async () => {
  const { monitor, clock, procfs, runtime, taker, target } = monitorOf([{ pid: 42, startTicks: 100 }]);
  await monitor.start();
  procfs.set({ pid: 42, startTicks: 200 });
  await clock.advance(5);
  expect(target(42)?.target.process.startTicks).toBe(200);
  expect(runtime.closed).toEqual([42]);
  expect(runtime.opened).toEqual([42, 42]);
  expect(taker.taken).toHaveLength(2);
});

test('an exec is another target and no death', async () => {
  const { monitor, clock, procfs, runtime, log } = monitorOf([{ pid: 42 }]);
  await monitor.start();
  procfs.set({ pid: 42, exe: 'other' });
  await clock.advance(5);
  expect(runtime.opened).toEqual([42, 42]);
  expect(log.lines).toEqual(['info watching', 'info watching']);
});

test('a heap that cannot be read is down with its reason, and the rest is still told', async () => {
  const { monitor, clock, runtime, taker, log, target } = monitorOf([{ pid: 42 }, { pid: 43 }]);
  Object.assign(runtime.failures, {
    open: new ReadFailure('unsupported', 'CPython 3.6: use 3.8 to 3.13'),
    onlyPid: 42,
  });
  await monitor.start();
  await clock.advance(60);
  expect(target(42)).toMatchObject({
    up: false,
    failure: { kind: 'unsupported', message: 'CPython 3.6: use 3.8 to 3.13' },
    vitals: { process: { threads: 4 }, cgroup: { usageBytes: 1_000_000 } },
  });
  expect(target(42)?.vitals).not.toHaveProperty('heap');
  expect(target(43)?.up).toBe(true);
  expect(taker.taken.every(({ pid }) => pid === 43)).toBe(true);
  expect(log.lines.filter((line) => line.startsWith('warn'))).toEqual([
    'warn reading the heap of process 42 failed: CPython 3.6: use 3.8 to 3.13',
  ]);
  // Tried at 0, 5, 15, 35 s.
  expect(monitor.latest().collectors[1]?.errors).toEqual({ unsupported: 4 });
});

test('a bug in a runtime stops neither the other targets nor the rounds', async () => {
  const { monitor, clock, runtime, target } = monitorOf([{ pid: 42 }, { pid: 43 }]);
  Object.assign(runtime.failures, { vitals: new TypeError('bug'), onlyPid: 42 });
  await monitor.start();
  await clock.advance(5);
  expect(target(42)).toMatchObject({ up: false, failure: { message: expect.stringContaining('bug') } });
  expect(target(43)?.vitals?.atSeconds).toBe(clock.nowSeconds());
});

test('a census that is refused has its reason, and is tried less often', async () => {
  const { monitor, clock, taker, target, log } = monitorOf([{ pid: 42 }]);
  taker.error = new ReadFailure('unreadable', 'the arenas contradict each other');
  await monitor.start();
  await clock.advance(200);
  expect(taker.taken.map(({ atSeconds }) => atSeconds)).toEqual([0, 60, 180]);
  expect(target(42)).toMatchObject({
    up: true,
    censusFailure: { kind: 'unreadable' },
    censusResults: { refused: 3, ok: 0 },
  });
  expect(log.lines.filter((line) => line.startsWith('warn'))).toHaveLength(1);
});

test('a census that fails keeps the last one that did not', async () => {
  const { monitor, clock, taker, target } = monitorOf([{ pid: 42 }]);
  await monitor.start();
  taker.error = new ReadFailure('busy', 'past the deadline');
  await clock.advance(30);
  expect(target(42)).toMatchObject({ census: { objects: 60 }, censusFailure: { kind: 'busy' } });
  expect(target(42)?.censusResults).toMatchObject({ ok: 1, failed: 1 });
});

test('without a census taker there are vitals alone, and what works beside is told of', async () => {
  const clock = createFakeClock();
  const monitor = createMonitor({
    procfsPath: recordProcfs({ pid: 42 }).path,
    runtimes: [createFakeRuntime()],
    minAgeSeconds: 0,
    maxTargets: 1,
    exportedTypes: 50,
    otherParts: [{ stats: () => ({ collector: 'otlp', errors: { timeout: 2 } }) }],
    logger: createRecordedLog(),
    clock,
  });
  onTestFinished(() => monitor.close());
  await monitor.start();
  await clock.advance(60);
  expect(monitor.latest().targets[0]).toMatchObject({ up: true, exportedTypes: [], censusResults: { ok: 0 } });
  const parts = monitor.latest().collectors;
  expect(parts.map(({ collector }) => collector)).toEqual(['discovery', 'vitals', 'memory', 'otlp']);
  expect(parts.at(-1)?.errors).toEqual({ timeout: 2 });
});

test('what has not run yet took no time that is known', async () => {
  const { monitor, clock, procfs } = monitorOf([]);
  const census = () => monitor.latest().collectors.find(({ collector }) => collector === 'census');
  await monitor.start();
  expect(census()).toEqual({ collector: 'census', errors: {} });
  procfs.set({ pid: 42 });
  await clock.advance(5);
  expect(census()).toEqual({ collector: 'census', durationSeconds: 0.01, errors: {} });
});

test('a target that ends as its cgroup counts a kill was killed for memory, if it was the largest', async () => {
  const { monitor, clock, procfs } = monitorOf([
    { pid: 42, args: ['python3', 'small.py'], residentKib: 1000 },
    { pid: 43, args: ['python3', 'large.py'], residentKib: 9000 },
  ]);
  await monitor.start();
  procfs.setOomKills(1);
  await clock.advance(5);
  procfs.end(42);
  procfs.end(43);
  await clock.advance(5);
  expect(monitor.latest().deaths).toEqual([
    { serviceName: 'python3 small.py', runtime: 'cpython', oomKills: 0 },
    { serviceName: 'python3 large.py', runtime: 'cpython', oomKills: 1, incidents: { oom_killed: 1 } },
  ]);
  await clock.advance(3500);
  expect(monitor.latest().deaths).toHaveLength(2);
  await clock.advance(200);
  expect(monitor.latest().deaths).toEqual([]);
});

test('a killed process that waits as a zombie for its parent has ended', async () => {
  const { monitor, clock, procfs, target } = monitorOf([{ pid: 42 }]);
  await monitor.start();
  procfs.setOomKills(1);
  procfs.set({ pid: 42, state: 'Z' });
  await clock.advance(5);
  expect(target(42)).toBeUndefined();
  expect(monitor.latest().deaths).toMatchObject([{ oomKills: 1 }]);
});

const POD = `kubepods/pod${'ab12'.repeat(8)}`;

/** Processes of one container, in a cgroup below `outer`, in which others have their containers too. */
function monitorOfContainer(outer: string, pids: readonly number[]) {
  const world = monitorOf(pids.map((pid) => ({ pid })));
  const kills = (inner: number | undefined, around: number) =>
    world.procfs.tree.write({
      [`cgroups/${outer}/memory.events`]: `oom_kill ${around}\n`,
      [`cgroups/${outer}/app/memory.events`]: inner === undefined ? undefined : `oom_kill ${inner}\n`,
    });
  for (const pid of pids) world.procfs.tree.write({ [`${pid}/cgroup`]: `0::/${outer}/app\n` });
  world.procfs.tree.write({
    [`cgroups/${outer}/app/memory.current`]: '1000000\n',
    [`cgroups/${outer}/app/memory.stat`]: 'inactive_file 0\n',
  });
  kills(0, 7);
  return { ...world, kills, removeCgroup: () => world.procfs.tree.write({ [`cgroups/${outer}/app`]: undefined }) };
}

test.each([
  ['is removed with it, as that of a container, the pod counts the kill', POD, undefined, 1],
  ['is still there and counts none, the kill in the pod was of another', POD, 0, 0],
  ['is removed with it, a kill in what is around all containers may be of any of them', 'docker', undefined, 0],
  ['is removed with it, a kill in what is around all units may be of any of them', 'system.slice', undefined, 0],
])('when the cgroup of a target that ends %s', async (_, outer, ownKills, oomKills) => {
  const { monitor, clock, procfs, kills, removeCgroup } = monitorOfContainer(outer, [42]);
  await monitor.start();
  procfs.end(42);
  kills(ownKills, 8);
  if (ownKills === undefined) removeCgroup();
  await clock.advance(5);
  expect(monitor.latest().deaths).toMatchObject([{ oomKills }]);
});

test('a kill that counts in the cgroup and in the pod around it is one death', async () => {
  const { monitor, clock, procfs, kills, removeCgroup } = monitorOfContainer(POD, [42, 43]);
  await monitor.start();
  procfs.end(42);
  kills(1, 8);
  await clock.advance(5);
  procfs.end(43);
  removeCgroup();
  await clock.advance(5);
  expect(monitor.latest().deaths).toMatchObject([{ oomKills: 1 }]);
});

test('an end without a kill is no death for memory', async () => {
  const { monitor, clock, procfs } = monitorOf([{ pid: 42 }]);
  procfs.setOomKills(7);
  await monitor.start();
  procfs.end(42);
  await clock.advance(5);
  expect(monitor.latest().deaths).toMatchObject([{ oomKills: 0 }]);
});

test('a procfs that fails is told once, and targets come back with it', async () => {
  const { monitor, clock, procfs, log, target } = monitorOf([{ pid: 42 }]);
  await monitor.start();
  procfs.tree.write({ stat: undefined });
  await clock.advance(20);
  expect(target(42)?.up).toBe(true);
  expect(log.lines.filter((line) => line.startsWith('warn looking for processes failed'))).toHaveLength(1);
  expect(monitor.latest().collectors[0]?.errors).toEqual({ unreadable: 4 });
});

test('while looking for processes fails, how many there are is not known', async () => {
  const { monitor, clock, procfs, log, target } = monitorOf([{ pid: 42 }]);
  const bootTime = readFileSync(join(procfs.path, 'stat'), 'utf8');
  procfs.tree.write({ stat: undefined });
  await monitor.start();
  const reason = `no procfs at ${procfs.path}: check --path.procfs`;
  expect(monitor.latest()).toMatchObject({ discoveryFailure: { kind: 'unreadable', message: reason }, targets: [] });
  expect(log.lines).toEqual([`warn looking for processes failed: ${reason}`]);
  procfs.tree.write({ stat: bootTime });
  await clock.advance(5);
  expect(monitor.latest()).not.toHaveProperty('discoveryFailure');
  expect(target(42)?.up).toBe(true);
});

test('rounds that are dear come less often', async () => {
  const { monitor, clock, runtime } = monitorOf([{ pid: 42 }]);
  const rounds: number[] = [];
  runtime.onVitals = () => {
    rounds.push(Math.round(clock.elapsedSeconds()));
    clock.spend(0.6);
  };
  await monitor.start();
  await clock.advance(60);
  // 0.6 s are 3 % of a core when they come every 20 s; the first time the target was opened as well, and not counted.
  expect(rounds).toEqual([0, 6, 26, 47]);
});

test('starting twice is starting once, and closing twice too', async () => {
  const { monitor, clock, runtime } = monitorOf([{ pid: 42 }]);
  await Promise.all([monitor.start(), monitor.start()]);
  expect(clock.pending).toBe(1);
  await monitor.close();
  await monitor.close();
  expect(clock.pending).toBe(0);
  expect(runtime.closed).toEqual([42]);
  const last = monitor.latest();
  await monitor.start();
  await clock.advance(60);
  expect(monitor.latest()).toBe(last);
});

test('a monitor that is closed while it starts reads no further', async () => {
  const { monitor, clock, runtime } = monitorOf([{ pid: 42 }]);
  const started = monitor.start();
  await monitor.close();
  await started;
  expect(clock.pending).toBe(0);
  expect(runtime.opened).toEqual([]);
  expect(monitor.latest().takenAtSeconds).toBe(0);
});
