import { expect } from 'vitest';
import { canMakeContainers, containerProgram, makeMemoryCgroup, pidInside } from './container.ts';
import { type Server, startServer } from './heapwatch.ts';
import { anyInterpreter } from './interpreters.ts';
import { testNeeding } from './needs.ts';
import { asOwnService, watchOwnService } from './own-service.ts';
import { startProgramWith } from './program.ts';
import { until } from './until.ts';

const MIB = 1024 * 1024;
const python = anyInterpreter?.path ?? '/usr/bin/python3';
const inContainer = testNeeding('root with a memory cgroup of version 1', canMakeContainers);

/** Asks for the first sample of each of these families with that pid, until all of them are there. */
async function samplesOf(server: Server, pid: number, families: readonly string[]): Promise<string[]> {
  return until(`${families} of process ${pid}`, 60_000, async () => {
    const lines = (await metrics(server)).split('\n').filter((line) => line.includes(`pid="${pid}"`));
    const found = families.flatMap((family) => lines.find((line) => line.startsWith(`${family}{`)) ?? []);
    return found.length === families.length ? found : undefined;
  });
}

async function metrics(server: Server): Promise<string> {
  return (await fetch(`${server.url}/metrics`, { signal: AbortSignal.timeout(10_000) })).text();
}

const numberIn = (line = '') => Number(line.split(' ').at(-1));

const FAMILIES = [
  'heapwatch_cgroup_memory_limit_bytes',
  'heapwatch_cgroup_memory_working_set_bytes',
  'heapwatch_target_info',
  'heapwatch_objects',
];

inContainer('a target in another container has its limit, its working set and its pid inside', async () => {
  const cgroup = makeMemoryCgroup(200 * MIB);
  const program = await startProgramWith(
    asOwnService,
    containerProgram(cgroup, { runs: python, user: 1234 }),
    'healthy.py',
  );
  const pid = pidInside(program.pid);
  const own = makeMemoryCgroup(1000 * MIB);
  // First from the machine, which sees all cgroups; then from a container of our own, which sees only itself.
  for (const through of [undefined, containerProgram(own, { pidNamespace: false })]) {
    const server = await startServer(watchOwnService, {}, through);
    const [limit, workingSet, info] = await samplesOf(server, pid, FAMILIES);
    expect(numberIn(limit)).toBe(200 * MIB);
    const expected = cgroup.read('memory.usage_in_bytes') - cgroup.stat('total_inactive_file');
    expect(numberIn(workingSet)).toBeGreaterThan(expected * 0.8);
    expect(numberIn(workingSet)).toBeLessThan(expected * 1.2);
    expect(info).toContain('container_pid="1"');
    await server.stop();
  }
});

inContainer('a limit around the container is told when it is met first', async () => {
  const pod = makeMemoryCgroup(150 * MIB);
  const cgroup = makeMemoryCgroup(200 * MIB, pod);
  const program = await startProgramWith(asOwnService, containerProgram(cgroup, { runs: python }), 'healthy.py');
  const server = await startServer(watchOwnService);
  const limit = 'heapwatch_memory_limit_bytes{';
  const lines = await until('the limit', 60_000, async () => {
    const all = (await metrics(server)).split('\n').filter((line) => line.includes(`pid="${pidInside(program.pid)}"`));
    const found = all.filter((line) => line.startsWith(limit) && line.includes('limit="cgroup"'));
    return found.length > 0 ? found : undefined;
  });
  expect(lines.map(numberIn)).toEqual([150 * MIB]);
});

inContainer('a target that the kernel kills at the limit of its container is a death of its service', async () => {
  const cgroup = makeMemoryCgroup(80 * MIB);
  const server = await startServer(watchOwnService);
  const program = await startProgramWith(asOwnService, containerProgram(cgroup, { runs: python }), 'leak.py', '30000');
  const pid = pidInside(program.pid);
  const [first] = await samplesOf(server, pid, ['heapwatch_process_resident_memory_bytes']);
  const service = /service_name="[^"]+"/.exec(first ?? '')?.[0] ?? 'none';
  const deaths = async () => {
    const lines = (await metrics(server)).split('\n').filter((line) => line.startsWith('heapwatch_oom_kills_total{'));
    return numberIn(lines.find((line) => line.includes(service)));
  };
  expect(await deaths()).toBe(0);
  await until('the death', 60_000, async () => (await deaths()) === 1 || undefined);
  expect(await metrics(server)).not.toContain(`pid="${pid}"`);
});
