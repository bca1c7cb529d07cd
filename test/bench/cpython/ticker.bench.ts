import { execFileSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { expect, onTestFinished, test } from 'vitest';
import type { ProcessRef } from '../../../src/model/target.ts';
import { cpython } from '../../../src/runtimes/cpython/index.ts';
import { anyInterpreter } from '../../real/interpreters.ts';
import { refOf } from '../../real/process-ref.ts';
import { type Program, startProgram } from '../../real/program.ts';
import { boundOfRatio, quantile } from '../bootstrap.ts';

// `npm run bench`: what back-to-back censuses cost the target, against a neighbour that burns as much CPU in the same
// thread. The two take turns in blocks of ABBA, 2 s each, so that a machine whose speed drifts favours neither. The
// 99th percentile is that of all ticks of a kind, as one window has only a handful beyond it; how sure its ratio is,
// is asked of the blocks by drawing them again. Target and reader have a core each where there are two: what is
// measured is what reading does to the target, not how the kernel shares a core.

const blocks = 40;
const windowMs = 500;
const p99 = (ticks: Float64Array) => quantile(ticks, 0.99);
const { path } = anyInterpreter!;

test('lateness of a 1 ms ticker under censuses and under a CPU burner', async () => {
  const ticker = await startProgram(path, 'ticker.py', '500000');
  const target = refOf(ticker.pid);
  const pinned = availableParallelism() > 1;
  if (pinned) pinApart(ticker.pid);
  cpython.census(target, new Int32Array(1));
  burnCpu();
  const seen = { census: [] as Float64Array[], burn: [] as Float64Array[] };
  const measure = {
    census: () => ticksDuring(ticker, () => scan(target)),
    burn: () => ticksDuring(ticker, burnCpu),
  };
  for (let block = 0; block < blocks; block++) {
    const [outer, inner] = block % 2 === 0 ? (['census', 'burn'] as const) : (['burn', 'census'] as const);
    const first = await measure[outer]();
    seen[inner].push(Float64Array.from([...(await measure[inner]()), ...(await measure[inner]())]));
    seen[outer].push(Float64Array.from([...first, ...(await measure[outer]())]));
  }
  const all = { census: p99(join(seen.census)), burn: p99(join(seen.burn)) };
  const upper = boundOfRatio(seen.census, seen.burn, p99, 0.95);
  console.log(
    `p99 lateness: ${all.census.toFixed(3)} ms under censuses, ${all.burn.toFixed(3)} ms under the burner; ` +
      `difference ${percent(all.census / all.burn)}, upper 95 % bound ${percent(upper)} ` +
      `(${blocks} blocks of 4 x ${windowMs} ms, ${join(seen.census).length} ticks of each kind, ` +
      `${pinned ? 'a core each' : 'one core'})`,
  );
  expect(seen.census).toHaveLength(blocks);
}, 300_000);

/** The target on the first core, this process with the threads that it has on the second. */
function pinApart(pid: number): void {
  const own = String(process.pid);
  const cores = execFileSync('taskset', ['-p', '-c', own], { encoding: 'utf8' }).trim().split(' ').at(-1)!;
  const pin = (core: string, who: string) =>
    execFileSync('taskset', ['-a', '-p', '-c', core, who], { stdio: 'ignore' });
  onTestFinished(() => void pin(cores, own));
  pin('0', String(pid));
  pin('1', own);
}

async function ticksDuring(ticker: Program, work: () => void): Promise<number[]> {
  await ticker.ask('ticks');
  work();
  return ticker.ask<number[]>('ticks');
}

function scan(target: ProcessRef): void {
  const until = performance.now() + windowMs;
  while (performance.now() < until) cpython.census(target, new Int32Array(1));
}

/** In this very thread, as the censuses are: it copies memory and counts. */
function burnCpu(): void {
  const until = performance.now() + windowMs;
  const source = Buffer.alloc(256 * 1024, 1);
  const copy = Buffer.alloc(source.length);
  let sum = 0;
  while (performance.now() < until) {
    source.copy(copy);
    for (let at = 0; at < copy.length; at += 16) sum = (sum + copy[at]!) | 0;
  }
  expect(sum).not.toBe(-1);
}

function join(parts: readonly Float64Array[]): Float64Array {
  return Float64Array.from(parts.flatMap((part) => [...part]));
}

function percent(ratio: number): string {
  return `${ratio >= 1 ? '+' : ''}${((ratio - 1) * 100).toFixed(1)} %`;
}
