import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { recordTree } from '../linux/recorded-tree.ts';
import { smallDisk } from '../recorder/small-disk.ts';
import { type Server, startServer } from './heapwatch.ts';
import { ask, grow, incidentOf, incidentPace, known, type ToldIncident } from './incidents.ts';
import { anyInterpreter } from './interpreters.ts';
import { startJavaWith } from './java-program.ts';
import { anyJdk } from './jdks.ts';
import { canMakeMemoryCgroups, makeMemoryCgroup } from './memory-cgroup.ts';
import { testNeeding } from './needs.ts';
import { withFlags } from './nodes.ts';
import { asOwnService, watchOwnService } from './own-service.ts';
import { type Program, startCommand, startProgramWith } from './program.ts';
import { programsFolder } from './readable.ts';
import { until } from './until.ts';

const MIB = 1024 * 1024;
const python = anyInterpreter?.path ?? '/usr/bin/python3';
const everything = testNeeding(
  'a memory cgroup that may be divided, and a JDK',
  canMakeMemoryCgroups && anyJdk !== undefined,
);

const start = (storagePath: string, flags: string[] = [], pace: Record<string, string> = incidentPace) =>
  startServer([...watchOwnService, `--storage.path=${storagePath}`, ...flags], pace);

const startPython = () => startProgramWith(asOwnService, python, 'dying.py');

const startNode = (megabytes: number) =>
  startProgramWith(asOwnService, withFlags(process.execPath, `--max-old-space-size=${megabytes}`), 'dying.mjs');

const startJvm = (...options: string[]) =>
  startJavaWith(asOwnService, anyJdk!, ['-XX:+UseSerialGC', ...options], 'JvmDying');

/** A JVM that leaves a heap dump in this folder. */
function startDumping(folder: string) {
  const java = join(folder, 'java');
  writeFileSync(java, `#!/bin/sh\ncd "$(dirname "$0")" && exec ${anyJdk!.java} "$@"\n`, { mode: 0o755 });
  const options = ['-XX:+UseSerialGC', '-Xmx32m', '-XX:+HeapDumpOnOutOfMemoryError'];
  return startJavaWith(asOwnService, { ...anyJdk!, java }, options, 'JvmDying');
}

const startLogging = (log: string) =>
  startCommand(asOwnService, '/bin/sh', ['-c', `exec "$0" "$@" 2>> '${log}'`, python, `${programsFolder}dying.py`]);

/** What grew, in the order of the incident. */
const grown = ({ type_growth }: ToldIncident) => type_growth.slice(0, 5).map(({ type }) => type);

async function gone(server: Server, pid: number): Promise<void> {
  await until(`the end of ${pid}`, 60_000, async () => {
    const { targets } = await ask<{ targets: readonly { pid: number }[] }>(server, '/api/v1/targets');
    return !targets.some((target) => target.pid === pid) || undefined;
  });
}

everything('who runs into the limit of its heap, V8 or HotSpot, is told so, with what grew', async () => {
  // An OutOfMemoryError is recent for 10 s, longer than the program takes to shut down.
  const server = await start(join(recordTree({}).path, 'state'), [], { HEAPWATCH_TEST_PACE: '6' });
  const programs: [Program, string][] = [
    [await startNode(90), 'Order'],
    [await startJvm('-Xmx64m'), 'JvmDying$Order'],
  ];
  for (const [program, type] of programs) await grow(server, program, type);
  for (const [program] of programs) program.send('leak');
  for (const [program, type] of programs) {
    const incident = await incidentOf(server, program);
    expect([incident.ending, incident.proof.length > 0]).toEqual(['heap_limit', true]);
    expect(grown(incident)).toContain(type);
  }
});

everything('a Node.js and a Java process that the kernel kills are told so, with what grew', async () => {
  const server = await start(join(recordTree({}).path, 'state'));
  const cgroups = [makeMemoryCgroup(120 * MIB), makeMemoryCgroup(140 * MIB)];
  const programs: [Program, string][] = [
    [await startNode(2000), 'Order'],
    [await startJvm('-Xmx400m', '-Xms16m'), 'JvmDying$Order'],
  ];
  for (const [index, [program]] of programs.entries()) cgroups[index]!.add(program.pid);
  for (const [program, type] of programs) await grow(server, program, type);
  for (const [program] of programs) program.send('leak');
  for (const [program, type] of programs) {
    const incident = await incidentOf(server, program);
    expect(incident).toMatchObject({ ending: 'oom_killed', fatal_limit: { limit: 'cgroup' } });
    expect(grown(incident)).toContain(type);
  }
});

everything('who is killed by hand, fails with a MemoryError or exits, and was well, leaves nothing', async () => {
  const server = await start(join(recordTree({}).path, 'state'));
  const killed = await startPython();
  const failed = await startPython();
  const left = [await startNode(100), await startJvm('-Xmx64m')];
  const programs = [killed, failed, ...left];
  for (const program of programs) await known(server, program);
  await killed.end();
  failed.send('fail');
  for (const program of left) program.send('leave');
  for (const { pid } of programs) await gone(server, pid);
  expect((await ask<{ incidents: unknown[] }>(server, '/api/v1/incidents')).incidents).toEqual([]);
});

everything('what failed first is kept before the error that ended it, from a log that was rotated too', async () => {
  const { path } = recordTree({ 'service.log': '' });
  const server = await start(path, ['--log.watch']);
  const log = join(path, 'service.log');
  const program = await startLogging(log);
  await known(server, program);
  renameSync(log, `${log}.1`);
  program.send('fail');
  const incident = await incidentOf(server, program);
  expect(incident).toMatchObject({ ending: 'heap_limit', log: { memory_errors: { python: 1 } } });
  const lines = readFileSync(join(path, 'incidents', `${incident.id}.log`), 'utf8').split('\n');
  const [first = '', ...others] = lines;
  expect(first).toBe('ERROR connection pool exhausted, attempt 0');
  expect(others.filter((line) => line.includes('exhausted'))).toHaveLength(2);
  expect(lines.findIndex((line) => line.includes('MemoryError'))).toBeGreaterThan(2);
});

for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
  everything(`deaths while the exporter is down, after ${signal}, are kept when it starts again`, async () => {
    const { path } = recordTree({ 'service.log': '', 'dumps/none': '' });
    const server = await start(path, ['--log.watch']);
    const cgroup = makeMemoryCgroup(40 * MIB);
    const killed = await startPython();
    cgroup.add(killed.pid);
    const failed = await startLogging(join(path, 'service.log'));
    const dumped = await startDumping(join(path, 'dumps'));
    const stopped = await startPython();
    const survives = await startPython();
    const programs = [killed, failed, dumped, stopped, survives];
    for (const program of programs) await known(server, program);
    const savedBy = Date.now() / 1000;
    await until('a save after that', 60_000, () => {
      const lives = readFileSync(join(path, 'targets.jsonl'), 'utf8').split('\n').slice(1, -2);
      const saved = lives.map((line) => JSON.parse(line));
      return (saved.length === programs.length && saved.every(({ atSeconds }) => atSeconds > savedBy)) || undefined;
    });
    await server.stop(signal);
    for (const program of [killed, dumped]) program.send('leak');
    failed.send('fail');
    await stopped.end();
    for (const { pid } of [killed, failed, dumped]) {
      await until(`the end of ${pid}`, 60_000, () => !existsSync(`/proc/${pid}`));
    }

    const next = await start(path, ['--log.watch']);
    expect(await incidentOf(next, killed)).toMatchObject({
      ending: 'oom_killed',
      fatal_limit: { limit: 'cgroup', bytes: 40 * MIB },
    });
    expect(await incidentOf(next, failed)).toMatchObject({
      ending: 'heap_limit',
      log: { memory_errors: { python: 1 } },
    });
    const { ending, proof, history } = await incidentOf(next, dumped);
    expect([ending, proof[0]]).toEqual(['heap_limit', expect.stringContaining(`java_pid${dumped.pid}.hprof`)]);
    expect(history.censuses.length).toBeGreaterThan(0);
    await known(next, survives);
    const { incidents } = await ask<{ incidents: ToldIncident[] }>(next, '/api/v1/incidents');
    expect(incidents).toHaveLength(3);
  });
}

everything('on a disk that is full, then read-only, deaths are shown all the same, and the watch goes on', async () => {
  const { path } = smallDisk(512);
  const server = await start(path);
  const dies = async () => {
    const cgroup = makeMemoryCgroup(30 * MIB);
    const program = await startPython();
    cgroup.add(program.pid);
    await known(server, program);
    program.send('leak');
    expect(await incidentOf(server, program)).toMatchObject({ ending: 'oom_killed' });
  };
  execFileSync('sh', ['-c', `dd if=/dev/zero of=${path}/filler bs=1k 2>&1 || true`]);
  await dies();
  execFileSync('mount', ['-o', 'remount,ro', path]);
  await dies();
  const page = await (await fetch(`${server.url}/metrics`)).text();
  expect(page).toMatch(/^heapwatch_incidents_total\{.*"oom_killed"\} 2$/m);
  expect(page).toMatch(/^heapwatch_collector_errors_total\{collector="incidents",reason="unreadable"\} 1$/m);
  expect(page).toMatch(/^heapwatch_collector_errors_total\{collector="incidents",reason="denied"\} 1$/m);
  expect(await server.stop()).toBe(0);
});

everything('20 of 20 deaths are kept, whether the exporter restarts before, meanwhile or after', async () => {
  const storagePath = join(recordTree({}).path, 'state');
  let server = await start(storagePath);
  const pids: number[] = [];
  for (let death = 0; death < 20; death++) {
    const cgroup = makeMemoryCgroup(30 * MIB);
    const program = await startPython();
    cgroup.add(program.pid);
    await known(server, program);
    if (death % 4 === 1) {
      await server.stop(death % 8 === 1 ? 'SIGKILL' : 'SIGTERM');
      server = await start(storagePath);
      await known(server, program);
    }
    if (death % 4 === 2) await server.stop(death % 8 === 2 ? 'SIGKILL' : 'SIGTERM');
    program.send('leak');
    if (death % 4 === 2) {
      await until(`the end of ${program.pid}`, 60_000, () => !existsSync(`/proc/${program.pid}`));
      server = await start(storagePath);
    }
    expect(await incidentOf(server, program)).toMatchObject({ ending: 'oom_killed' });
    pids.push(program.pid);
    if (death % 4 === 3) {
      await server.stop(death % 8 === 3 ? 'SIGKILL' : 'SIGTERM');
      server = await start(storagePath);
    }
  }
  const { incidents } = await ask<{ incidents: ToldIncident[] }>(server, '/api/v1/incidents');
  expect(incidents.map(({ pid }) => pid).sort()).toEqual(pids.sort());
});
