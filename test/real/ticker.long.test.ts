import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { heapwatch } from './heapwatch.ts';
import { anyInterpreter } from './interpreters.ts';
import { type Program, startProgram } from './program.ts';

// What a program that ticks every millisecond notices of censuses.

interface Lateness {
  readonly ticks: number;
  readonly p99_ms: number;
}

test('back-to-back censuses delay a 1 ms ticker no more than a CPU burner beside it does', async () => {
  const { path } = anyInterpreter ?? expect.fail('no CPython on this machine');
  const ticker = await startProgram(path, 'ticker.py', '300000');
  const seconds = 4;
  const pairs: { census: number; burn: number }[] = [];
  for (let round = 0; round < 3; round++) {
    pairs.push({
      census: await p99During(ticker, () => censusesFor(ticker.pid, seconds)),
      burn: await p99During(ticker, () => burnFor(path, seconds)),
    });
  }
  // A reader that stopped the target for its 30 to 100 ms scans would delay the 99th percentile by as much.
  const [census, burn] = [median(pairs.map((pair) => pair.census)), median(pairs.map((pair) => pair.burn))];
  expect(census, JSON.stringify(pairs)).toBeLessThan(Math.max(2 * burn, 5));
});

test('the ticker would see a reader that stops its target for 40 ms at a time', async () => {
  const { path } = anyInterpreter ?? expect.fail('no CPython on this machine');
  const ticker = await startProgram(path, 'ticker.py', '1000');
  const p99 = await p99During(ticker, async () => {
    for (let stop = 0; stop < 10; stop++) {
      await pause(60);
      process.kill(ticker.pid, 'SIGSTOP');
      await pause(40);
      process.kill(ticker.pid, 'SIGCONT');
    }
  });
  expect(p99).toBeGreaterThan(30);
});

async function p99During(ticker: Program, work: () => Promise<void>): Promise<number> {
  await ticker.ask('lateness');
  await work();
  const { ticks, p99_ms } = await ticker.ask<Lateness>('lateness');
  expect(ticks).toBeGreaterThan(200);
  return p99_ms;
}

async function censusesFor(pid: number, seconds: number): Promise<void> {
  const end = Date.now() + seconds * 1000;
  while (Date.now() < end) {
    const run = await heapwatch(['top', String(pid), '--growth', '100ms']);
    expect(run.code).toBe(0);
  }
}

async function burnFor(path: string, seconds: number): Promise<void> {
  const burner = await startProgram(path, 'burn.py');
  await pause(seconds * 1000);
  await burner.end();
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}
