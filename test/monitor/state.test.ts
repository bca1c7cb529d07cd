import { existsSync, lstatSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createMonitor } from '../../src/monitor/monitor.ts';
import { recordTree } from '../linux/recorded-tree.ts';
import { createFakeClock, type FakeClock } from './fake-clock.ts';
import { createFakeRuntime, createFakeTaker, createRecordedLog, heapOf, recordProcfs } from './fake-world.ts';

/** A machine on which heapwatch runs once and again. */
function machine() {
  const procfs = recordProcfs({ pid: 42 });
  const bootId = (id: string) => procfs.tree.write({ 'sys/kernel/random/boot_id': `${id}\n` });
  bootId('0b7a1c1e-6a4f-4c0e-9a51-0d3f4f4a2a10');
  const runtime = createFakeRuntime();
  const storagePath = join(recordTree({}).path, 'state');
  const run = async (clock: FakeClock) => {
    const log = createRecordedLog();
    const monitor = createMonitor({
      procfsPath: procfs.path,
      runtimes: [runtime],
      censusTaker: createFakeTaker(clock),
      minAgeSeconds: 0,
      maxTargets: 256,
      exportedTypes: 50,
      storagePath,
      logger: log,
      clock,
    });
    onTestFinished(() => monitor.close());
    await monitor.start();
    return { monitor, log, history: () => monitor.history({ pid: 42, startTicks: 42 }) };
  };
  return { procfs, runtime, bootId, storagePath, run, clock: createFakeClock() };
}

const soon = <T>(value: () => T) => expect.poll(value, { timeout: 10_000, interval: 20 });

test('histories and deaths survive a restart', async () => {
  const { clock, procfs, run } = machine();
  procfs.set({ pid: 43, args: ['python3', 'dies.py'] });
  const first = await run(clock);
  await clock.advance(100);
  procfs.setOomKills(1);
  procfs.end(43);
  await clock.advance(10);
  const before = first.history();
  expect(before?.readings.length).toBeGreaterThan(20);
  expect(before?.censuses.length).toBeGreaterThan(2);
  await first.monitor.close();
  await clock.advance(30);

  const second = await run(clock);
  expect(second.history()?.readings.slice(0, -1)).toEqual(before?.readings);
  expect(second.history()?.censuses.slice(0, -1)).toEqual(before?.censuses);
  expect(second.monitor.latest().deaths).toEqual([
    { serviceName: 'python3 app.py', runtime: 'cpython', oomKills: 0 },
    { serviceName: 'python3 dies.py', runtime: 'cpython', oomKills: 1, incidents: { oom_killed: 1 } },
  ]);
  // An hour after its last target, as if there had been no restart.
  await clock.advance(3600 - 50);
  expect(second.monitor.latest().deaths).toHaveLength(2);
  await clock.advance(60);
  expect(second.monitor.latest().deaths).toHaveLength(1);
});

test('the live floor is known at once when the readings before the restart tell it', async () => {
  const { clock, runtime, run } = machine();
  const first = await run(clock);
  runtime.heap = heapOf(400, 1);
  await clock.advance(5);
  const floor = first.monitor.latest().targets[0]?.liveFloor;
  expect(floor?.bytes).toBe(400);
  await first.monitor.close();
  const second = await run(clock);
  await clock.advance(5);
  expect(second.monitor.latest().targets[0]?.liveFloor).toEqual(floor);
});

test.each([
  [
    'another process that has the same pid',
    ({ procfs }: ReturnType<typeof machine>) => procfs.set({ pid: 42, startTicks: 43 }),
  ],
  ['another program in the same process', ({ procfs }) => procfs.set({ pid: 42, exe: 'other' })],
  ['a process of another boot', ({ bootId }) => bootId('11111111-6a4f-4c0e-9a51-0d3f4f4a2a10')],
])('%s does not get the history', async (_, change) => {
  const world = machine();
  const first = await world.run(world.clock);
  await world.clock.advance(100);
  await first.monitor.close();
  change(world);
  const { monitor } = await world.run(world.clock);
  const { pid, startTicks } = monitor.latest().targets[0]!.target.process;
  expect(monitor.history({ pid, startTicks })?.readings).toHaveLength(1);
});

test('a history waits for its process to be found again, also over another restart', async () => {
  const { clock, procfs, run } = machine();
  const first = await run(clock);
  await clock.advance(100);
  await first.monitor.close();
  procfs.tree.write({ '42/stat': undefined });
  const second = await run(clock);
  await second.monitor.close();
  procfs.set({ pid: 42 });
  const third = await run(clock);
  expect(third.history()?.readings.length).toBeGreaterThan(20);
});

test('the state is saved every minute, and at once when someone has died', async () => {
  const { clock, procfs, run, storagePath } = machine();
  const files = ['history.jsonl', 'deaths.jsonl'].map((name) => join(storagePath, name));
  const { monitor } = await run(clock);
  await clock.advance(55);
  expect(files.map(existsSync)).toEqual([false, false]);
  await soon(() => clock.advance(5).then(() => files.map(existsSync))).toEqual([true, true]);
  procfs.setOomKills(1);
  procfs.end(42);
  await soon(() => clock.advance(5).then(() => readFileSync(files[1]!, 'utf8'))).toContain('"oomKills":1');
  await monitor.close();
});

test('without a path nothing is saved, and it is no collector', async () => {
  const clock = createFakeClock();
  const monitor = createMonitor({
    procfsPath: recordProcfs({ pid: 42 }).path,
    runtimes: [createFakeRuntime()],
    minAgeSeconds: 0,
    maxTargets: 1,
    exportedTypes: 50,
    logger: createRecordedLog(),
    clock,
  });
  onTestFinished(() => monitor.close());
  await monitor.start();
  expect(monitor.latest().collectors.map(({ collector }) => collector)).not.toContain('storage');
});

test('files that are damaged are named in the log and set aside, and the watch goes on', async () => {
  const { clock, run, storagePath } = machine();
  await (await run(clock)).monitor.close();
  for (const name of ['history.jsonl', 'deaths.jsonl']) writeFileSync(join(storagePath, name), 'damaged');
  const { monitor, log } = await run(clock);
  expect(monitor.latest().targets[0]?.up).toBe(true);
  expect(log.lines).toContainEqual(expect.stringMatching(/^warn loading the state failed: .*history\.jsonl was not/));
  expect(log.lines).toContainEqual(expect.stringMatching(/^warn loading the state failed: .*deaths\.jsonl was not/));
  expect(monitor.latest().collectors.at(-1)).toMatchObject({ collector: 'storage', errors: { unreadable: 2 } });
});

test('a file that could not be read is left as it is, and the other is saved', async () => {
  const { clock, run, storagePath } = machine();
  await (await run(clock)).monitor.close();
  const [histories, deaths] = ['history.jsonl', 'deaths.jsonl'].map((name) => join(storagePath, name)) as [
    string,
    string,
  ];
  rmSync(deaths);
  symlinkSync(deaths, deaths); // cannot be opened
  const { monitor, log } = await run(clock);
  rmSync(histories);
  await clock.advance(60);
  await soon(() => clock.advance(5).then(() => existsSync(histories))).toBe(true);
  await monitor.close();
  expect(lstatSync(deaths).isSymbolicLink()).toBe(true);
  expect(log.lines).toContainEqual(
    expect.stringMatching(/^warn saving the state failed: .*deaths\.jsonl is left as it is/),
  );
});

test('a place that cannot be written is told once, and again when it works', async () => {
  const { clock, run, storagePath } = machine();
  writeFileSync(storagePath, 'in the way');
  const { monitor, log } = await run(clock);
  const told = (level: string) => log.lines.filter((line) => line.startsWith(`${level} saving the state`));
  const later = <T>(value: () => T) => soon(() => clock.advance(5).then(value));
  await later(() => told('warn')).toHaveLength(1);
  await later(() => monitor.latest().collectors.at(-1)?.errors.unreadable).toBeGreaterThan(1);
  expect(told('warn')).toHaveLength(1);
  rmSync(storagePath);
  await later(() => told('info')).toEqual(['info saving the state works again']);
  expect(monitor.latest().targets[0]?.up).toBe(true);
});

test('a monitor that is closed before its first round has ended leaves the state as it is', async () => {
  const { clock, run, storagePath, procfs } = machine();
  await (await run(clock)).monitor.close();
  const before = readFileSync(join(storagePath, 'history.jsonl'), 'utf8');
  const monitor = createMonitor({
    procfsPath: procfs.path,
    runtimes: [createFakeRuntime()],
    minAgeSeconds: 0,
    maxTargets: 1,
    exportedTypes: 50,
    storagePath,
    logger: createRecordedLog(),
    clock,
  });
  const started = monitor.start();
  await monitor.close();
  await started;
  expect(readFileSync(join(storagePath, 'history.jsonl'), 'utf8')).toBe(before);
});
