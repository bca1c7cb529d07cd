import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'vitest';
import { startFleet } from './fleet.ts';
import { expectRightNames, medianOf, type Scrape, scrape } from './fleet-scrape.ts';
import { startServer } from './heapwatch.ts';
import { anyInterpreter } from './interpreters.ts';
import { testNeeding } from './needs.ts';
import { until } from './until.ts';

const python = anyInterpreter?.path ?? '/usr/bin/python3';
const SIZE = 200;
/** 10 % of 200 come and go in a minute; divided by the pace. */
const REPLACE_EVERY_SECONDS = 3;
const RUN_SECONDS = 120;
const SCRAPE_EVERY_SECONDS = 15;
const MOST_SERIES = 20_000;
/** 3 % for vitals and 5 % for censuses, whatever the pace divides them into. */
const CPU_BUDGET = 0.08;
/** And 2 % of a core for the verdicts of 500, divided likewise. */
const VERDICTS = (0.02 * SIZE) / 500;
/** Our scrapes cost too, 0.3 s for 15,000 series every 15 s; that has a test of its own. */
const SCRAPES = 0.02;

/** Each has a census, no older than its interval, the quarter that it may be put off, and a round or two. */
function expectCensusesInTime(now: Scrape, before: Scrape, pace: number): void {
  const timestamps = now.values.get('heapwatch_census_timestamp_seconds');
  for (const [pid, startSeconds] of now.values.get('heapwatch_process_start_time_seconds') ?? []) {
    const intervals = [now, before].map(({ values }) => values.get('heapwatch_census_interval_seconds')?.get(pid) ?? 0);
    const allowed = Math.max(...intervals) * 1.25 + 5 + 10 / pace;
    const age = now.atSeconds - (timestamps?.get(pid) ?? startSeconds);
    expect(age, `age of the census of ${pid}, with intervals of ${intervals}`).toBeLessThan(allowed);
  }
}

// At a pace of 8, 16 minutes in two, each process is counted again and again; at 1 our own cost is what users see.
for (const pace of [1, 8]) {
  testNeeding('root', process.getuid?.() === 0)(
    `200 processes come and go at a pace of ${pace}: censuses in time, of the right process, within budget and bound`,
    () => watchFleet(pace),
  );
}

async function watchFleet(pace: number): Promise<void> {
  const fleet = await startFleet(python);
  for (let index = 0; index < SIZE; index++) await fleet.start();
  const settings = ['--discovery.min-age=1s', '--log.level=warn'];
  const server = await startServer(settings, { HEAPWATCH_TEST_PACE: String(pace) }, fleet.through);
  const first = await until('a census of each', 120_000, async () => {
    const all = await scrape(server);
    return all.fleetTypes.size >= SIZE ? all : undefined;
  });
  let last = first;
  const end = Date.now() + RUN_SECONDS * 1000;
  for (let turn = 1; Date.now() < end; turn++) {
    const began = Date.now();
    const pids = [...fleet.living.keys()];
    await fleet.replace(pids[(turn * 37) % pids.length]!, turn % 2 === 0);
    if (began / 1000 - last.atSeconds >= SCRAPE_EVERY_SECONDS) {
      const now = await scrape(server);
      expectRightNames(now, fleet);
      expectCensusesInTime(now, last, pace);
      expect(now.series).toBeLessThanOrEqual(MOST_SERIES);
      last = now;
    }
    // The rhythm of the load, not a wait for something to happen.
    await pause(Math.max(0, began + (REPLACE_EVERY_SECONDS * 1000) / pace - Date.now()));
  }
  const cpu = (last.cpuSeconds - first.cpuSeconds) / (last.atSeconds - first.atSeconds);
  process.stdout.write(
    `fleet at a pace of ${pace}: ${(cpu * 100).toFixed(1)} % of a core, ${last.series} series, ${fleet.ever.size} processes, ` +
      `${fleet.reusedPids} pids reused, a census every ${medianOf(last, 'heapwatch_census_interval_seconds').toPrecision(2)} s ` +
      `that takes ${medianOf(last, 'heapwatch_census_duration_seconds').toPrecision(2)} s\n`,
  );
  expect(last.values.get('heapwatch_target_up')?.size).toBeGreaterThan(SIZE * 0.9);
  expect(fleet.reusedPids).toBeGreaterThan((fleet.ever.size - SIZE) / 4);
  expect(cpu).toBeLessThan((CPU_BUDGET + VERDICTS) * pace + SCRAPES);
}
