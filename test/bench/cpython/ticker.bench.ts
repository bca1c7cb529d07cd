import { expect, test } from 'vitest';
import { cpython } from '../../../src/runtimes/cpython/index.ts';
import { anyInterpreter } from '../../real/interpreters.ts';
import { refOf } from '../../real/process-ref.ts';
import { type Program, startProgram } from '../../real/program.ts';
import { median } from '../median.ts';

// `npm run bench`: what back-to-back censuses cost the target, against a neighbour that burns as much CPU. Paired, as the
// machine's speed drifts; the order within a pair alternates.

const pairs = 20;
const windowMs = 1500;
const { path } = anyInterpreter!;

test('lateness of a 1 ms ticker under censuses and under a CPU burner', async () => {
  const ticker = await startProgram(path, 'ticker.py', '500000');
  const process = refOf(ticker.pid);
  cpython.census(process, new Int32Array(1));
  const differences: number[] = [];
  const [census, burn]: [number[], number[]] = [[], []];
  for (let pair = 0; pair < pairs; pair++) {
    const measure = {
      census: async () => census.push(await p99(ticker, () => scan(process))),
      burn: async () => burn.push(await p99(ticker, () => burnCpu())),
    };
    for (const kind of pair % 2 === 0 ? (['census', 'burn'] as const) : (['burn', 'census'] as const)) {
      await measure[kind]();
    }
    differences.push(census.at(-1)! / burn.at(-1)! - 1);
  }
  const mean = differences.reduce((sum, value) => sum + value, 0) / pairs;
  const deviation = Math.sqrt(differences.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (pairs - 1));
  const upper = mean + (1.729 * deviation) / Math.sqrt(pairs); // Student's t, one-sided 95 %, 19 degrees of freedom
  console.log(
    `p99 lateness: ${median(census).toFixed(2)} ms under censuses, ${median(burn).toFixed(2)} ms under the burner; ` +
      `difference ${(mean * 100).toFixed(1)} %, upper 95 % bound ${(upper * 100).toFixed(1)} % (${pairs} pairs)`,
  );
  expect(differences).toHaveLength(pairs);
}, 300_000);

async function p99(ticker: Program, work: () => void): Promise<number> {
  await ticker.ask('lateness');
  work();
  return (await ticker.ask<{ p99_ms: number }>('lateness')).p99_ms;
}

function scan(process: Parameters<typeof cpython.census>[0]): void {
  const until = performance.now() + windowMs;
  while (performance.now() < until) cpython.census(process, new Int32Array(1));
}

/** In this very thread, as the censuses are: it copies memory and counts. */
function burnCpu(): void {
  const until = performance.now() + windowMs;
  const source = Buffer.alloc(256 * 1024, 1);
  const target = Buffer.alloc(source.length);
  let sum = 0;
  while (performance.now() < until) {
    source.copy(target);
    for (let at = 0; at < target.length; at += 16) sum = (sum + target[at]!) | 0;
  }
  expect(sum).not.toBe(-1);
}
