import { expect } from 'vitest';
import { startServer } from '../real/heapwatch.ts';
import { anyInterpreter } from '../real/interpreters.ts';
import { testNeeding } from '../real/needs.ts';
import { startProgramWith } from '../real/program.ts';
import { chromiumPath, openTab } from './chromium.ts';

const python = anyInterpreter?.path ?? '/usr/bin/python3';

testNeeding('Chromium', chromiumPath !== undefined)(
  'in a browser a process appears while it runs, shows its past and its types, and vanishes when it ends',
  async () => {
    const server = await startServer(['--discovery.min-age=0s', '--discovery.include=service=page-smoke'], {
      HEAPWATCH_TEST_PACE: '20',
    });
    const { page, problems } = await openTab(server.url);
    await page.getByText('One that starts appears here by itself').waitFor();
    const program = await startProgramWith({ OTEL_SERVICE_NAME: 'page-smoke' }, python, 'healthy.py');
    await page.getByRole('row', { name: 'page-smoke' }).getByText('__main__.Order').waitFor();
    await page.getByRole('link', { name: 'page-smoke' }).click();
    await page.getByRole('heading', { level: 1, name: 'page-smoke' }).waitFor();
    await page.getByRole('img', { name: /^Memory over time: resident from \d/ }).waitFor();
    await page.getByRole('row', { name: /^__main__\.Order 10,000 0 / }).waitFor();
    await program.end();
    await page.getByText('This process has ended.').waitFor();
    await page.getByRole('link', { name: 'All processes' }).click();
    await page.getByText('One that starts appears here by itself').waitFor();
    // The process that has ended is asked for, and answered with 404.
    expect(problems.filter((problem) => !problem.includes('404'))).toEqual([]);
  },
);
