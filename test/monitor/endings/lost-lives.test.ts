import { existsSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Incident } from '../../../src/model/incident.ts';
import { createMonitor } from '../../../src/monitor/monitor.ts';
import type { IncidentStore } from '../../../src/recorder/incident-store.ts';
import { openStateFile } from '../../../src/recorder/state-file.ts';
import { recordTree } from '../../linux/recorded-tree.ts';
import { fdInfo } from '../../recorder/fd-info.ts';
import { createFakeClock } from '../fake-clock.ts';
import { createFakeRuntime, createFakeTaker, createRecordedLog, recordProcfs } from '../fake-world.ts';

/** A machine on which heapwatch runs once and again, and what it keeps of those that ended. */
function machine() {
  const procfs = recordProcfs({ pid: 1, exe: 'init' }, { pid: 42, residentKib: 500 });
  procfs.tree.write({ 'sys/kernel/random/boot_id': '0b7a1c1e-6a4f-4c0e-9a51-0d3f4f4a2a10\n', init: '' });
  const storagePath = join(recordTree({}).path, 'state');
  const clock = createFakeClock();
  const kept: Incident[] = [];
  const incidentStore: IncidentStore = {
    load: () => {},
    add: async (incident) => void kept.push(incident),
    incidents: () =>
      kept.map(({ id, endedAtSeconds, ending, target }) => ({ ...target, id, endedAtSeconds, ending, suspects: [] })),
    incident: () => undefined,
    report: () => undefined,
  };
  async function run() {
    const monitor = createMonitor({
      procfsPath: procfs.path,
      runtimes: [createFakeRuntime()],
      censusTaker: createFakeTaker(clock),
      minAgeSeconds: 0,
      maxTargets: 256,
      exportedTypes: 50,
      storagePath,
      incidentStore,
      watchLogs: true,
      logger: createRecordedLog(),
      clock,
    });
    onTestFinished(() => monitor.close());
    await monitor.start();
    return monitor;
  }
  return { procfs, storagePath, clock, kept, run };
}

test('a kill while heapwatch was not running is told from what the cgroup has counted since', async () => {
  const { procfs, clock, kept, run } = machine();
  procfs.set({ pid: 43, residentKib: 900 });
  const first = await run();
  await clock.advance(100);
  await first.close();
  procfs.setOomKills(1);
  procfs.end(42);
  procfs.end(43);
  await clock.advance(600);
  const second = await run();
  // One kill, and the larger of the two: the other just ended, and was well.
  expect(second.latest().deaths).toMatchObject([{ oomKills: 1, incidents: { oom_killed: 1 } }]);
  await second.close();
  expect(kept.map(({ target, ending }) => [target.pid, ending])).toEqual([[43, 'oom_killed']]);
  const [{ proof, fatalLimit, history, types, vitals }] = kept as [Incident];
  expect(proof).toEqual([
    "the kernel's out-of-memory killer struck in the cgroup /app while heapwatch was not running",
    'it lived at 2023-11-14T22:15:00Z, and was gone at 2023-11-14T22:25:00Z',
  ]);
  expect(fatalLimit).toMatchObject({ limit: 'cgroup', name: '/app', bytes: 2_000_000 });
  expect([history.readings.length > 20, types.length > 0, vitals?.process.residentBytes]).toEqual([
    true,
    true,
    900 * 1024,
  ]);

  // It is told once.
  await (await run()).close();
  expect(kept).toHaveLength(1);
});

test('a kill right before heapwatch stops is found by the next run, also of a process that is still on its way out', async () => {
  const { procfs, clock, kept, run } = machine();
  const first = await run();
  await clock.advance(100);
  procfs.setOomKills(1);
  await first.close();
  procfs.end(42);
  await (await run()).close();
  expect(kept.map(({ ending }) => ending)).toEqual(['oom_killed']);
});

test('a memory error in the log since then is told, and counted', async () => {
  const { procfs, clock, kept, run } = machine();
  procfs.tree.write({ 'app.log': 'MemoryError: an old one\n', '42/fd/2': { link: '../../app.log' } });
  procfs.tree.write({ '42/fdinfo/2': fdInfo(join(procfs.path, 'app.log')) });
  const first = await run();
  await clock.advance(10);
  await first.close();
  const log = readFileSync(join(procfs.path, 'app.log'), 'utf8');
  procfs.tree.write({ 'app.log': `${log}ERROR pool exhausted\nMemoryError\n` });
  procfs.end(42);
  const second = await run();
  expect(second.latest().deaths).toMatchObject([
    { incidents: { heap_limit: 1 }, outOfMemoryErrors: { python: 1, native: 0, system: 0 } },
  ]);
  await second.close();
  expect(kept).toMatchObject([{ ending: 'heap_limit', log: { lines: 2, memoryErrors: { python: 1 } } }]);
  expect(kept[0]?.proof[0]).toBe('its log told of 1 memory error (python) while heapwatch was not running');
});

test.each<[string, (world: ReturnType<typeof machine>) => void]>([
  ['ended in peace', ({ procfs }) => procfs.end(42)],
  ['lives on, while others of its cgroup were killed', ({ procfs }) => procfs.setOomKills(3)],
  [
    'ended with the boot',
    ({ procfs }) => {
      procfs.tree.write({ 'sys/kernel/random/boot_id': '11111111-6a4f-4c0e-9a51-0d3f4f4a2a10\n' });
      procfs.setOomKills(1);
      procfs.end(42);
    },
  ],
  [
    'cannot be seen from another pid namespace',
    ({ procfs }) => {
      procfs.set({ pid: 1, startTicks: 777, exe: 'init' });
      procfs.setOomKills(1);
      procfs.end(42);
    },
  ],
  [
    'was in a cgroup whose name another has by now',
    ({ procfs }) => {
      renameSync(join(procfs.path, 'cgroups/app'), join(procfs.path, 'cgroups/earlier'));
      procfs.setOomKills(1);
      procfs.end(42);
    },
  ],
])('nothing is kept of who %s', async (_, change) => {
  const world = machine();
  const first = await world.run();
  await world.clock.advance(100);
  await first.close();
  change(world);
  const second = await world.run();
  expect(second.latest().deaths.every(({ oomKills }) => oomKills === 0)).toBe(true);
  await second.close();
  expect(world.kept).toEqual([]);
});

test('what another version has saved keeps nobody from watching', async () => {
  const { procfs, storagePath, clock, kept, run } = machine();
  await (await run()).close();
  const file = openStateFile(join(storagePath, 'targets.jsonl'), 'targets');
  const { header, lines } = file.read()!;
  const life = { ...JSON.parse(lines[0]!), assessment: { verdict: 'leak' } };
  await file.write(header, [JSON.stringify(life)]);
  procfs.end(42);
  procfs.set({ pid: 43 });
  const next = await run();
  await clock.advance(5);
  expect(next.latest().targets).toHaveLength(1);
  expect(kept).toEqual([]);
});

test('who lives is saved at once, not only every minute', async () => {
  const { procfs, storagePath, clock, run } = machine();
  const file = join(storagePath, 'targets.jsonl');
  const saved = () => (existsSync(file) ? readFileSync(file, 'utf8') : '');
  await run();
  await expect.poll(saved, { timeout: 10_000 }).toContain('"pid":42');
  procfs.set({ pid: 43 });
  await clock.advance(5);
  await expect.poll(saved, { timeout: 10_000 }).toContain('"pid":43');
  procfs.end(42);
  await clock.advance(5);
  await expect.poll(saved, { timeout: 10_000 }).not.toContain('"pid":42');
});
