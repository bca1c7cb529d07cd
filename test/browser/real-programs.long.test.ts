import { expect } from 'vitest';
import { canMakeContainers, containerProgram, makeMemoryCgroup } from '../real/container.ts';
import { startServer } from '../real/heapwatch.ts';
import { anyInterpreter } from '../real/interpreters.ts';
import { startJava } from '../real/java-program.ts';
import { jdks } from '../real/jdks.ts';
import { testNeeding } from '../real/needs.ts';
import { startProgramWith } from '../real/program.ts';
import { until } from '../real/until.ts';
import { expectAccessible } from './accessible.ts';
import { chromiumPath, openTab } from './chromium.ts';

const MIB = 1024 * 1024;
const python = anyInterpreter?.path ?? '/usr/bin/python3';
const isComplete = canMakeContainers && chromiumPath !== undefined && jdks.length > 0;

testNeeding('root with a memory cgroup of version 1, Chromium and a JDK', isComplete)(
  'a Node.js, a Java and a Python appear live; the leak of one is shown in ten seconds, and its death as an incident',
  async () => {
    const services = ['page-checkout', 'page-orders', 'java JvmVitals'].map(
      (name) => `--discovery.include=service=${name}`,
    );
    const server = await startServer(['--discovery.min-age=0s', ...services], {
      HEAPWATCH_TEST_PACE: '40',
    });
    const { page, problems } = await openTab(server.url);
    await page.getByText('One that starts appears here by itself').waitFor();
    const contained = containerProgram(makeMemoryCgroup(300 * MIB), { runs: python });
    await startProgramWith({ OTEL_SERVICE_NAME: 'page-orders' }, contained, 'leak.py', '15000');
    await startProgramWith({ OTEL_SERVICE_NAME: 'page-checkout' }, process.execPath, 'v8-leak.mjs', 'sessions');
    await startJava(jdks[0]!, [], 'JvmVitals');
    const row = (name: string | RegExp) => page.getByRole('row', { name });
    await row(/page-checkout Node\.js \d/)
      .getByText('(array)')
      .waitFor();
    await row('java JvmVitals')
      .getByText(/MiB heap/)
      .waitFor();
    await row(/page-orders Python \d/)
      .getByText('__main__.Order')
      .first()
      .waitFor();
    await expectAccessible(page);
    await until('the verdict', 120_000, async () => {
      const { targets } = (await (await fetch(`${server.url}/api/v1/targets`)).json()) as {
        targets: { service_name: string; verdict?: string }[];
      };
      return targets.some(({ service_name, verdict }) => service_name === 'page-orders' && verdict === 'leak');
    });
    await row('page-orders').getByText('leak of objects').waitFor({ timeout: 10_000 });
    await page.getByRole('link', { name: 'page-orders' }).click();
    await page.getByText('objects grows steadily').waitFor();
    await page.getByRole('row', { name: /__main__\.Order\s*suspect \d/ }).waitFor();
    await page.getByText('This process has ended.').waitFor({ timeout: 300_000 });
    await page.getByRole('link', { name: 'Incidents' }).click();
    await row(/page-orders .*oom killed leak of objects __main__\.Order/).waitFor();
    await page.getByRole('link', { name: 'open the report of page-orders' }).click();
    await page.getByText('page-orders').first().waitFor();
    // The process that has ended is asked for, and answered with 404.
    expect(problems.filter((problem) => !problem.includes('404'))).toEqual([]);
  },
);
