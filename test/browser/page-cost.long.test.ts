import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'vitest';
import { startFleet } from '../real/fleet.ts';
import { type Server, startServer } from '../real/heapwatch.ts';
import { anyInterpreter } from '../real/interpreters.ts';
import { testNeeding } from '../real/needs.ts';
import { until } from '../real/until.ts';
import { chromiumPath, openTab } from './chromium.ts';

const python = anyInterpreter?.path ?? '/usr/bin/python3';
const SIZE = 100;
const SECONDS = 40;

/** Its own CPU time; asking costs some of it, each time the same. */
async function cpuSeconds({ url }: Server): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(/^process_cpu_seconds_total (\S+)$/m.exec(text)?.[1]);
}

/** What it takes of a core over the next seconds. */
async function share(server: Server): Promise<number> {
  const [before, began] = [await cpuSeconds(server), performance.now()];
  await pause(SECONDS * 1000); // the time that is measured
  return ((await cpuSeconds(server)) - before) / ((performance.now() - began) / 1000);
}

testNeeding('root and Chromium', process.getuid?.() === 0 && chromiumPath !== undefined)(
  'an open page of 100 processes adds at most 5 % of a core',
  async () => {
    const fleet = await startFleet(python);
    for (let index = 0; index < SIZE; index++) await fleet.start();
    const server = await startServer(['--discovery.min-age=0s', '--log.level=warn', '--web.api=on'], {}, fleet.through);
    const { url } = server;
    const listed = async () =>
      (await (await fetch(`${url}/api/v1/targets`)).json()) as { targets: { objects?: number }[] };
    await until('a census of each', 300_000, async () => {
      const { targets } = await listed();
      return targets.filter(({ objects }) => objects !== undefined).length >= SIZE || undefined;
    });
    const closed = await share(server);
    const { page, problems } = await openTab(url);
    await until('all rows', 60_000, async () => (await page.locator('tbody tr').count()) >= SIZE);
    const open = await share(server);
    await page.locator('tbody th a').first().click();
    await page.locator('canvas').first().waitFor();
    const looking = await share(server);
    process.stdout.write(
      `page of ${SIZE} processes: ${[closed, open, looking].map((part) => (part * 100).toFixed(1)).join(', ')} % of a core ` +
        `closed, open, at one of them\n`,
    );
    expect(problems).toEqual([]);
    expect(open - closed).toBeLessThan(0.05);
    expect(looking - closed).toBeLessThan(0.05);
  },
);
