import { spawn } from 'node:child_process';
import { expect, onTestFinished, test } from 'vitest';
import { startServer } from '../real/heapwatch.ts';
import { anyInterpreter } from '../real/interpreters.ts';
import { asOwnService, watchOwnService } from '../real/own-service.ts';
import { startProgramWith } from '../real/program.ts';
import { statusOf } from '../real/stopped.ts';
import { until } from '../real/until.ts';
import { summarize } from './summary.ts';

const PROCESSES = 10;

test(`the memory of a heapwatch that has counted ${PROCESSES} processes, against a Node.js that does nothing`, async () => {
  const python = anyInterpreter?.path ?? '/usr/bin/python3';
  for (let index = 0; index < PROCESSES; index++) await startProgramWith(asOwnService, python, 'healthy.py');
  const idle = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e6)'], { stdio: 'ignore' });
  onTestFinished(() => void idle.kill('SIGKILL'));
  const server = await startServer(watchOwnService);
  await until('a census of each', 60_000, async () => {
    const text = await (await fetch(`${server.url}/metrics`)).text();
    return [...text.matchAll(/^heapwatch_census_total\{.*result="ok".* [1-9]\d*$/gm)].length === PROCESSES;
  });
  const mib = (pid: number) => Number.parseInt(statusOf(pid).VmRSS ?? '', 10) / 1024;
  const [ours, theirs] = [mib(server.pid), mib(idle.pid!)];
  summarize({
    what: `memory, watching ${PROCESSES} processes`,
    ...{ ours, unit: 'MiB', against: 'a Node.js that does nothing', theirs },
  });
  expect(ours).toBeGreaterThan(theirs);
});
