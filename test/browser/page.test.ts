import { expect } from 'vitest';
import { startServer } from '../real/heapwatch.ts';
import { anyInterpreter } from '../real/interpreters.ts';
import { testNeeding } from '../real/needs.ts';
import { asOwnService, ownService, watchOwnService } from '../real/own-service.ts';
import { startProgramWith } from '../real/program.ts';
import { chromiumPath, openTab } from './chromium.ts';

const python = anyInterpreter?.path ?? '/usr/bin/python3';

testNeeding('Chromium', chromiumPath !== undefined)(
  'in a browser a process appears while it runs, shows its past and its types, and vanishes when it ends',
  async () => {
    const server = await startServer(watchOwnService, { HEAPWATCH_TEST_PACE: '20' });
    const { page, problems } = await openTab(server.url);
    await page.getByText('One that starts appears here by itself').waitFor();
    const program = await startProgramWith(asOwnService, python, 'healthy.py');
    await page.getByRole('row', { name: ownService }).getByText('__main__.Order').waitFor();
    await page.getByRole('link', { name: ownService }).click();
    await page.getByRole('heading', { level: 1, name: ownService }).waitFor();
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
