import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { recordTree } from '../linux/recorded-tree.ts';
import { smallDisk } from '../recorder/small-disk.ts';
import { canMakeContainers, type MemoryCgroup, makeMemoryCgroup } from './container.ts';
import { startFleet } from './fleet.ts';
import { type Server, startServer } from './heapwatch.ts';
import { ask } from './incidents.ts';
import { anyInterpreter } from './interpreters.ts';
import { testNeeding } from './needs.ts';
import { asOwnService, watchOwnService } from './own-service.ts';
import { refOf } from './process-ref.ts';
import { type Program, startCommand, startProgramWith } from './program.ts';
import { programsFolder } from './readable.ts';
import { statusOf, stop } from './stopped.ts';
import { until } from './until.ts';

// What may go wrong around heapwatch: nothing is lost that was promised, nobody is harmed, and it goes on by itself.

const MIB = 2 ** 20;
/** Of which a hundred processes need more, when nothing is spared. */
const TIGHT_MIB = 136;
/** Of which heapwatch has a quarter, and more. */
const SHARED_MIB = 256;
const python = anyInterpreter?.path ?? '/usr/bin/python3';
const isRoot = process.getuid?.() === 0;
/** Rounds of 0.25 s, a census every 1.5 s, a save every 3 s. */
const paced = { HEAPWATCH_TEST_PACE: '20' };

interface ToldTarget {
  readonly vitals?: { readonly at_seconds: number };
  readonly assessment?: { readonly verdict: string };
  readonly history: { readonly readings: readonly { readonly at_seconds: number }[] };
}

const start = (name: string, ...args: string[]) => startProgramWith(asOwnService, python, name, ...args);
const serve = (settings: readonly string[], through?: string) =>
  startServer([...watchOwnService, ...settings], paced, through);

function targetOf(server: Server, { pid }: Pick<Program, 'pid'>): Promise<ToldTarget> {
  return ask<ToldTarget>(server, `/api/v1/targets/${pid}-${refOf(pid).startTicks}`);
}

const lastReading = async (server: Server, program: Program) =>
  (await targetOf(server, program)).history.readings.at(-1)?.at_seconds ?? 0;

/** The sum of the samples whose line has all of these words; 0 when there is none. */
async function metric(server: Server, ...words: readonly string[]): Promise<number> {
  const text = await (await fetch(`${server.url}/metrics`, { signal: AbortSignal.timeout(20_000) })).text();
  const lines = text.split('\n').filter((line) => !line.startsWith('#') && words.every((word) => line.includes(word)));
  return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}

const errors = (server: Server, collector: string, reason = '') =>
  metric(server, 'heapwatch_collector_errors_total', `collector="${collector}"`, reason);
const censuses = (server: Server, result = 'ok') => metric(server, 'heapwatch_census_total', `result="${result}"`);

async function goesOn(server: Server, program: Program): Promise<void> {
  const before = await lastReading(server, program);
  await until(`new readings of ${program.pid}`, 60_000, async () => (await lastReading(server, program)) > before + 1);
}

test('an exporter that is killed again and again, at any moment, comes back with its verdicts and its whole history', async () => {
  const folder = recordTree({}).path;
  const settings = [`--storage.path=${folder}/state`, `--record.dir=${folder}/records`];
  const steady = await start('healthy.py');
  let server = await serve(settings);
  const verdictOf = async () => (await targetOf(server, steady)).assessment?.verdict;
  await until('a verdict', 180_000, async () => (await verdictOf()) === 'healthy');
  const saved = () => existsSync(`${folder}/state/verdicts.jsonl`) && lastReading(server, steady);
  const verdictAt = await lastReading(server, steady);
  await until('a save of it', 60_000, async () => ((await saved()) || 0) > verdictAt + 4);
  const first = (await targetOf(server, steady)).history.readings[0];

  for (let round = 0; round < 8; round++) {
    // A random moment: in the middle of a save, a census, a start.
    await pause(4000 * Math.random());
    await server.stop('SIGKILL');
    server = await serve(settings);
    await until('a reading', 60_000, async () => (await targetOf(server, steady)).vitals !== undefined);
    expect(await verdictOf()).toBe('healthy');
    expect((await targetOf(server, steady)).history.readings[0]).toEqual(first);
    expect(await errors(server, 'storage')).toBe(0);
  }
  expect(await server.stop()).toBe(0);
  expect(readdirSync(`${folder}/state`).filter((name) => /rejected|unfinished/.test(name))).toEqual([]);
  const whole = readdirSync(`${folder}/records`).flatMap((name) => linesOf(join(folder, 'records', name)).slice(0, -1));
  expect(() => whole.forEach((line) => void JSON.parse(line))).not.toThrow();
});

test('targets that are killed at any moment are gone from the metrics, and those beside them are not', async () => {
  const folder = recordTree({}).path;
  const steady = await start('healthy.py');
  const server = await serve([`--storage.path=${folder}`]);
  for (let round = 0; round < 10; round++) {
    const victim = await start('crowd.py', '50000');
    await pause(2000 * Math.random());
    await victim.end();
    await until('its end', 60_000, async () => (await metric(server, 'heapwatch_target_up', `"${victim.pid}"`)) === 0);
  }
  await goesOn(server, steady);
  expect(await errors(server, 'vitals', 'internal')).toBe(0);
  expect(await errors(server, 'census', 'internal')).toBe(0);
  for (const name of readdirSync(`${folder}/incidents`).filter((name) => name.endsWith('.json'))) {
    expect(() => JSON.parse(readFileSync(join(folder, 'incidents', name), 'utf8'))).not.toThrow();
    expect(existsSync(join(folder, 'incidents', name.replace(/json$/, 'html')))).toBe(true);
  }
});

test('a target that is stopped is read on, holds up nobody, and stays stopped', async () => {
  const [stopped, running] = [await start('healthy.py'), await start('healthy.py')];
  const server = await serve([]);
  await until('censuses', 60_000, async () => (await censuses(server)) >= 2);
  await stop(stopped.pid);
  const before = await censuses(server);
  await Promise.all([goesOn(server, stopped), goesOn(server, running)]);
  await until('censuses of both', 60_000, async () => (await censuses(server)) >= before + 4);
  expect(statusOf(stopped.pid).State).toMatch(/^T/);
  process.kill(stopped.pid, 'SIGCONT');
  await goesOn(server, stopped);
});

testNeeding('root', isRoot)('on a full disk the watch goes on, and with room all is kept again', async () => {
  const disk = smallDisk(2048).path;
  const program = await start('healthy.py');
  const server = await serve([`--storage.path=${disk}/state`, `--record.dir=${disk}/records`]);
  const history = join(disk, 'state/history.jsonl');
  await until('a save', 60_000, () => existsSync(history));
  execFileSync('sh', ['-c', `dd if=/dev/zero of=${disk}/filler bs=1k 2>&1 || true`]);
  const keptText = readFileSync(history, 'utf8');
  for (const collector of ['storage', 'recording']) {
    await until(`failures of ${collector}`, 60_000, async () => (await errors(server, collector)) >= 2);
  }
  await goesOn(server, program);
  // What was there is whole yet: a save replaces it, or does not.
  expect(readFileSync(history, 'utf8').slice(0, 40)).toBe(keptText.slice(0, 40));
  expect(linesOf(history).at(-1)).toMatch(/^\{"sha256"/);

  rmSync(join(disk, 'filler'));
  const atSeconds = await lastReading(server, program);
  await until('a save again', 60_000, () => readFileSync(history, 'utf8').includes(`[${atSeconds},`));
  const records = () => readdirSync(join(disk, 'records')).length;
  const recordsBefore = records();
  await until('a recording again', 60_000, () => records() > 0 && records() >= recordsBefore);
  const failures = await errors(server, 'storage');
  await goesOn(server, program);
  expect(await errors(server, 'storage')).toBe(failures);
  expect(await server.stop()).toBe(0);
});

testNeeding('root with a memory cgroup of version 1', canMakeContainers)(
  'with little memory heapwatch counts more rarely, then not at all, tells it, and takes it up again',
  async () => {
    const cgroup = makeMemoryCgroup(SHARED_MIB * MIB);
    const program = await start('healthy.py');
    const ballast = await startCommand({}, inCgroup(cgroup), [python, `${programsFolder}ballast.py`]);
    const server = await serve([], inCgroup(cgroup));
    await until('censuses', 60_000, async () => (await censuses(server)) >= 3);
    const fill = async (percent: number) => {
      await ballast.ask('hold 0');
      const free = (percent / 100) * SHARED_MIB - workingSetMib(cgroup);
      await ballast.ask(`hold ${Math.floor(free)}`);
    };

    await fill(85);
    await until('rarer censuses', 60_000, async () => (await errors(server, 'memory', 'scarce')) >= 1);
    await fill(94);
    await until('no censuses', 60_000, async () => (await errors(server, 'memory', 'critical')) >= 1);
    await until('a census to be left out', 60_000, async () => (await censuses(server, 'skipped_budget')) >= 1);
    const counted = await censuses(server);
    await goesOn(server, program);
    expect(await censuses(server)).toBeLessThanOrEqual(counted + 1);

    await ballast.ask('hold 0');
    await until('censuses again', 60_000, async () => (await censuses(server)) >= counted + 4);
    expect(cgroup.read('memory.failcnt')).toBe(0);
    expect(await server.stop()).toBe(0);
  },
);

testNeeding('root with a memory cgroup of version 1', canMakeContainers)(
  'in a cgroup that has no room for a hundred processes heapwatch watches them all the same, and is not killed',
  async () => {
    const fleet = await startFleet(python);
    while (fleet.living.size < 100) await fleet.start();
    const cgroup = makeMemoryCgroup(TIGHT_MIB * MIB);
    const settings = ['--discovery.min-age=1s', '--log.level=warn'];
    const server = await startServer(settings, paced, inCgroup(cgroup, fleet.through));
    await until('a shortage', 120_000, async () => (await errors(server, 'memory')) >= 1);
    const up = async () => (await metric(server, 'heapwatch_target_up')) >= 95;
    await until('all to be watched', 120_000, up);
    // A minute is twenty: whatever grows has had the time for it.
    const end = Date.now() + 60_000;
    while (Date.now() < end) {
      await pause(2000);
      expect(await up()).toBe(true);
    }
    process.stdout.write(
      `with ${TIGHT_MIB} MiB: ${workingSetMib(cgroup).toFixed(0)} MiB used, ${cgroup.read('memory.failcnt')} times full\n`,
    );
  },
);

test('out of descriptors, heapwatch says which process it cannot read and why, and reads it when it can', async () => {
  const first = await start('healthy.py');
  const server = await serve([]);
  await until('a census', 60_000, async () => (await censuses(server)) >= 1);
  // Each process that is watched takes two of them. Nothing is asked meanwhile: a question would take one too.
  let limit = limitLeaving(server, 2);
  limitFiles(server, limit);
  const others = [await start('healthy.py'), await start('healthy.py'), await start('healthy.py')];
  await until('the reason', 60_000, () => {
    // A census that was under way, or the answer to a question, has closed its own by now.
    limit = Math.min(limit, limitLeaving(server, 2));
    limitFiles(server, limit);
    return server.logged().includes('EMFILE');
  });

  limitFiles(server, 1024);
  const isUp = async () => (await metric(server, 'heapwatch_target_up')) === 1 + others.length;
  await until('all of them to be read', 120_000, isUp);
  expect(await errors(server, 'vitals', 'unreadable')).toBeGreaterThanOrEqual(1);
  await goesOn(server, first);
  expect(await server.stop()).toBe(0);
});

/** The limit is one of their numbers, and free ones lie between those in use. */
function limitLeaving({ pid }: Server, count: number): number {
  const used = new Set(readdirSync(`/proc/${pid}/fd`).map(Number));
  let limit = 0;
  for (let free = 0; free < count; limit++) if (!used.has(limit)) free++;
  return limit;
}

function limitFiles({ pid }: Server, count: number): void {
  execFileSync('prlimit', ['--pid', String(pid), `--nofile=${count}:`]);
}

function workingSetMib(cgroup: MemoryCgroup): number {
  return (cgroup.read('memory.usage_in_bytes') - cgroup.stat('total_inactive_file')) / MIB;
}

/** A program that runs its arguments in the cgroup. */
function inCgroup({ folder }: MemoryCgroup, through = ''): string {
  const path = join(recordTree({}).path, 'in-cgroup');
  writeFileSync(path, `#!/bin/sh\necho $$ > '${folder}/cgroup.procs'\nexec ${through} "$@"\n`);
  chmodSync(path, 0o755);
  return path;
}

function linesOf(path: string): string[] {
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '');
}
