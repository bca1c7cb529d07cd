import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { type Fleet, startFleet } from './fleet.ts';
import { expectRightNames, medianOf, type Scrape, scrape } from './fleet-scrape.ts';
import { type Server, startServer } from './heapwatch.ts';
import { anyInterpreter } from './interpreters.ts';
import { javaCommand } from './java-program.ts';
import { anyJdk } from './jdks.ts';
import { testNeeding } from './needs.ts';
import { nodes, withFlags } from './nodes.ts';
import { startCommand } from './program.ts';
import { programsFolder } from './readable.ts';
import { until } from './until.ts';

// What heapwatch itself costs by the number of processes: the table of docs/scale.md. Mostly Python, as a fork costs little.

const sizes = (process.env.HEAPWATCH_SCALE ?? '10,100').split(',').map(Number);
const RUN_SECONDS = 90;
const SCRAPE_EVERY_SECONDS = 15;
/** A tenth of all in a minute. */
const REPLACED_PER_SECOND = 0.1 / 60;
/** Of ten: the others are Python. */
const NODE_OF_TEN = 1;
const JVMS_OF_HUNDRED = 2;

const python = anyInterpreter?.path ?? '/usr/bin/python3';
const node = nodes.find(({ version }) => version.startsWith('22'))?.path ?? process.execPath;
const rows: string[] = [];

for (const size of sizes) {
  testNeeding('root', process.getuid?.() === 0)(
    `${size} processes of three runtimes, a tenth of them new every minute, pids reused: each is what it is said to be`,
    () => watchFleet(size),
  );
}

test('the table', () => {
  const head = ['processes', 'CPU', 'own memory', 'series', 'scrape', 'per 1,000 series', 'a census every'];
  process.stdout.write(`\n| ${head.join(' | ')} |\n|${' --- |'.repeat(head.length)}\n${rows.join('\n')}\n\n`);
  expect(rows).toHaveLength(process.getuid?.() === 0 ? sizes.length : 0);
});

async function watchFleet(size: number): Promise<void> {
  const fleet = await startFleet(python);
  const member = memberPath();
  const startNode = () =>
    fleet.enlist((name) => startCommand({}, fleet.through, [member, `${programsFolder}v8-member.mjs`, name]));
  const nodeMembers = Math.max(1, Math.round((size * NODE_OF_TEN) / 10));
  const jvms = anyJdk === undefined ? 0 : Math.max(1, Math.round((size * JVMS_OF_HUNDRED) / 100));
  const nodePids: number[] = [];
  for (let index = 0; index < nodeMembers; index++) nodePids.push((await startNode()).pid);
  for (let index = 0; index < jvms; index++) {
    const command = javaCommand(anyJdk!, ['-Xmx16m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'], 'JvmVitals');
    await fleet.enlist(() => startCommand({}, fleet.through, command));
  }
  while (fleet.living.size < size) await fleet.start();

  // Room for the names of types of each.
  const series = Math.max(20_000, 100 * size);
  const settings = ['--discovery.min-age=1s', '--discovery.max-targets=1000', `--metrics.max-series=${series}`];
  const server = await startServer([...settings, '--log.level=warn'], {}, fleet.through);
  const first = await until('a census of nearly each', 240_000, async () => {
    await pause(1000); // a scrape of many costs much
    const all = await scrape(server);
    return all.fleetTypes.size >= (size - jvms) * 0.95 ? all : undefined;
  });

  /** Every fifth that goes is of Node.js; its pid belongs to a Python process at once. */
  async function replaceOne(turn: number): Promise<void> {
    const pids = [...fleet.living.keys()];
    const nodePid = turn % 5 === 0 ? nodePids.shift() : undefined;
    await fleet.replace(nodePid ?? pids[(turn * 37) % pids.length]!, turn % 5 !== 4);
    if (nodePid === undefined) return;
    nodePids.push((await startNode()).pid);
    await fleet.end([...fleet.living.keys()].findLast((pid) => !nodePids.includes(pid))!);
  }

  const { last, durations } = await churn(fleet, server, size, first, replaceOne);

  const seconds = last.atSeconds - first.atSeconds;
  const cpu = (last.cpuSeconds - first.cpuSeconds) / seconds;
  const scrapeMs = durations.toSorted((a, b) => a - b)[durations.length >> 1] ?? Number.NaN;
  const cells = [
    `${size}`,
    `${(100 * cpu).toFixed(1)} % of a core`,
    `${Math.round(last.residentBytes / 2 ** 20)} MiB`,
    `${last.series}`,
    `${scrapeMs.toFixed(0)} ms`,
    `${((1000 * scrapeMs) / last.series).toFixed(1)} ms`,
    `${medianOf(last, 'heapwatch_census_interval_seconds').toFixed(0)} s`,
  ];
  rows.push(`| ${cells.join(' | ')} |`);
  process.stdout.write(`${size}: ${fleet.ever.size} processes in all, ${fleet.reusedPids} pids reused\n`);
  expect(fleet.reusedPids).toBeGreaterThan((fleet.ever.size - size) / 2);
  const upAndDown = [...(last.values.get('heapwatch_target_up')?.values() ?? [])];
  expect(upAndDown.length).toBeGreaterThan(size * 0.9);
  expect(upAndDown.filter((up) => up === 1).length).toBeGreaterThan(size * 0.85);
}

/** Replaces a tenth in a minute, and scrapes. */
async function churn(
  fleet: Fleet,
  server: Server,
  size: number,
  first: Scrape,
  replaceOne: (turn: number) => Promise<void>,
) {
  const perTurnMs = 1000 / (REPLACED_PER_SECOND * size);
  const durations: number[] = [];
  let last = first;
  const end = Date.now() + RUN_SECONDS * 1000;
  let replaceAt = Date.now();
  for (let turn = 0; Date.now() < end; ) {
    if (Date.now() >= replaceAt) {
      await replaceOne(turn++);
      replaceAt += perTurnMs;
    }
    if (Date.now() / 1000 - last.atSeconds >= SCRAPE_EVERY_SECONDS) {
      last = await scrape(server);
      durations.push(last.durationMs);
      expectRightNames(last, fleet);
    }
    // The rhythm of the load, not a wait for something to happen.
    await pause(Math.max(0, Math.min(replaceAt, 1000 * (last.atSeconds + SCRAPE_EVERY_SECONDS)) - Date.now()));
  }
  return { last, durations };
}

/** The Node.js of the members. */
function memberPath(): string {
  return withFlags(node, '--expose-gc', '--max-old-space-size=32');
}
