import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import type { Census } from '../../src/model/census.ts';
import { ReadFailure } from '../../src/model/failure.ts';
import { census as cpythonCensus } from '../../src/runtimes/cpython/census/census.ts';
import { cpython } from '../../src/runtimes/cpython/index.ts';
import { expectExactWhileBusy } from './cpython-busy.ts';
import { heapwatch } from './heapwatch.ts';
import { anyInterpreter, interpreters, oldInterpreters } from './interpreters.ts';
import { testNeeding } from './needs.ts';
import { refOf } from './process-ref.ts';
import { startProgram, startProgramWith } from './program.ts';
import { canMakeUnknownPython, startWithUnknownPython } from './unknown-python.ts';
import { until } from './until.ts';

const pythonTest = testNeeding('CPython 3.7 to 3.15', anyInterpreter !== undefined);
const noAbort = () => new Int32Array(new SharedArrayBuffer(4));

test.each(interpreters)(
  'objects of CPython $version that malloc holds are all found, in every kind of arena',
  async ({ path }) => {
    const program = await startProgram(path, 'large.py');
    const census = cpython.census(refOf(program.pid), noAbort());
    const found = new Map(census.types.map((row) => [row.type, row]));
    const fills = 4;
    expect(found.get('__main__.Small')?.count).toBe(3000 * fills);
    expect(found.get('__main__.Wide')).toMatchObject({ count: 2000 * fills, trackedCount: 2000 * fills });
    expect(found.get('__main__.Mapped')?.count).toBe(20 * fills);
    expect(found.get('__main__.Mapped')?.bytes).toBeGreaterThan(300_000 * 20 * fills);
    expect(found.get('__main__.Mapped')?.bytes).toBeLessThan(310_000 * 20 * fills);
    expect(census.spaceUsedBytes.large).toBeGreaterThan((600 * 3000 + 800 * 2000 + 300_000 * 20) * fills);
    expect(census.quality.skippedRatio).toBe(0);
  },
);

pythonTest('the census of a busy CPython: constants exact, replaced ones close', async () =>
  expectExactWhileBusy(anyInterpreter!.path),
);

pythonTest('a heap that grows and shrinks while it is walked is not taken for a broken one', async () => {
  const program = await startProgram(anyInterpreter!.path, 'breathing.py');
  const process = refOf(program.pid);
  const censuses = Array.from({ length: 100 }, () => cpython.census(process, noAbort()));
  const kept = censuses.map((census) => census.types.find((row) => row.type === '__main__.Kept')?.count);
  expect(kept).toEqual(censuses.map(() => 20_000));
  const skipped = censuses.map((census) => census.quality.skippedRatio).toSorted((a, b) => a - b);
  expect(skipped[90], 'nine of ten').toBeLessThan(0.001);
});

test.each(interpreters)('a forked worker of CPython $version has all the types of its parent', async ({ path }) => {
  const program = await startProgram(path, 'forked.py');
  const worker = await program.ask<number>('worker');
  const counts = (pid: number) =>
    new Map(cpython.census(refOf(pid), noAbort()).types.map((row) => [row.type, row.count]));
  const [parent, child] = [counts(program.pid), counts(worker)];
  // Names of static types lie in pages that a fork does not hand on.
  for (const [type, count] of parent) {
    if (count < 1000) continue;
    expect(Math.abs((child.get(type) ?? 0) - count) / count, type).toBeLessThan(0.01);
  }
  expect(child.get('collections.deque')).toBeGreaterThanOrEqual(3000);
});

pythonTest("a thread's heap that grows while the pools are read is walked to its new end", async () => {
  const program = await startProgram(anyInterpreter!.path, 'threads_grow.py');
  for (let round = 0; round < 10; round++) {
    const before = await program.ask<number>('kept');
    const types = cpython.census(refOf(program.pid), noAbort()).types;
    const after = await program.ask<number>('kept');
    const found = types.find((row) => row.type === '__main__.Small')?.count ?? 0;
    expect(found).toBeGreaterThanOrEqual(before * 0.999);
    expect(found).toBeLessThanOrEqual(after);
    expect(types.find((row) => row.type === '__main__.Mapped')?.count, 'between 60 stacks').toBe(60);
  }
});

testNeeding('gcc', spawnSync('gcc', ['--version']).status === 0)(
  "objects in a malloc that is not glibc's are not silently left out: the census is refused",
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'heapwatch-malloc-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const library = join(folder, 'foreign-malloc.so');
    const source = fileURLToPath(new URL('../fixtures/foreign-malloc.c', import.meta.url));
    execFileSync('gcc', ['-shared', '-fPIC', '-O1', '-o', library, source]);
    const program = await startProgramWith({ LD_PRELOAD: library }, anyInterpreter!.path, 'large.py');
    const refusal = await until('it to be no longer called just starting', 30_000, () => {
      try {
        return cpython.census(refOf(program.pid), noAbort());
      } catch (error) {
        return error instanceof ReadFailure && error.kind === 'busy' ? undefined : error;
      }
    });
    expect(refusal).toMatchObject({ kind: 'unsupported', message: expect.stringContaining('an allocator of its own') });
  },
);

const allocators = [
  { setting: 'PYTHONMALLOC=malloc', env: { PYTHONMALLOC: 'malloc' } },
  { setting: 'PYTHONMALLOC=debug', env: { PYTHONMALLOC: 'debug' } },
  { setting: 'PYTHONMALLOC=malloc_debug', env: { PYTHONMALLOC: 'malloc_debug' } },
  { setting: 'PYTHONDEVMODE=1', env: { PYTHONDEVMODE: '1' } },
];

test.each(
  // 2.7 has no such settings. Every version with the two allocators, the other forms with one version.
  [...oldInterpreters, ...interpreters]
    .filter(({ version }) => version.startsWith('3.'))
    .flatMap((one) =>
      allocators.slice(0, one === anyInterpreter ? 4 : 2).map((allocator) => ({ ...one, ...allocator })),
    ),
)('known populations of CPython $version under $setting are counted exactly', async ({ path, env }) => {
  const program = await startProgramWith(env, path, 'old_populations.py');
  await program.ask('truth');
  const census = cpython.census(refOf(program.pid), noAbort());
  const { tracked, exact } = await program.ask<{ tracked: Record<string, number>; exact: Record<string, number> }>(
    'truth',
  );
  const found = new Map(census.types.map((row) => [row.type, row]));
  for (const [type, count] of Object.entries(exact)) expect(found.get(type)?.count, type).toBe(count);
  // The permanent generation of 3.12 is not in gc.get_objects(): see census.test.ts.
  for (const [type, count] of Object.entries(tracked).filter(([type]) => type !== 'tuple')) {
    expect(found.get(type)?.trackedCount, type).toBeGreaterThanOrEqual(count);
    expect(found.get(type)?.trackedCount, type).toBeLessThanOrEqual(count + 1);
  }
  expect(census.quality.skippedRatio).toBe(0);
});

test.each(interpreters.filter(({ version }) => Number(version.split('.')[1]) >= 12))(
  'interpreters of CPython $version with a lock of their own are counted and collected with the main one',
  async ({ path }) => {
    const program = await startProgram(path, 'subinterpreters.py');
    const process = refOf(program.pid);
    const count = (type: string) =>
      cpython.census(process, noAbort()).types.find((row) => row.type === type)?.count ?? 0;
    const session = cpython.open(process);
    const before = session.vitals();
    expect(count('__main__.Kept')).toBe(50_000);
    expect(count('__main__.Elsewhere')).toBe(60_000);
    expect(before.gc.find((one) => one.full)?.collections).toBeGreaterThanOrEqual(4);

    expect(await program.ask('end_one')).toBe(1);
    expect(count('__main__.Elsewhere')).toBe(30_000);
    const after = session.vitals();
    expect(after.spaceUsedBytes.arenas).toBeLessThan(before.spaceUsedBytes.arenas!);
    session.close();
  },
);

test.each(interpreters.filter(({ version }) => Number(version.split('.')[1]) >= 12))(
  'interpreters of CPython $version that come and go leave no trace in the counters, and nothing else goes wrong',
  async ({ path }) => {
    const program = await startProgram(path, 'fleeting_interpreters.py');
    const process = refOf(program.pid);
    const session = cpython.open(process);
    const collections: number[] = [];
    const failures: unknown[] = [];
    let ended = 0;
    const until = performance.now() + 30_000;
    for (let reads = 0; reads < 300 || (ended < 10 && performance.now() < until); reads++) {
      if (reads % 100 === 99) ended = await program.ask<number>('ended');
      try {
        cpython.open(process).close();
        collections.push(...session.vitals().gc.flatMap((one) => (one.full ? one.collections : [])));
      } catch (error) {
        failures.push(error);
      }
    }
    session.close();
    expect(ended).toBeGreaterThanOrEqual(10);
    expect(failures.filter((failure) => (failure as Partial<ReadFailure>).kind !== 'busy')).toEqual([]);
    expect(collections.length).toBeGreaterThan(150);
    expect(collections, 'they never fall').toEqual(collections.toSorted((a, b) => a - b));
    // Each collects five times, and once or twice when it ends.
    expect(collections.at(-1)).toBeLessThan(10 * (ended + 1));
  },
);

test.each(interpreters)(
  'a CPython $version that collects without rest can be opened at any moment',
  async ({ path }) => {
    const program = await startProgram(path, 'collecting.py');
    const process = refOf(program.pid);
    const until = performance.now() + 300;
    while (performance.now() < until) cpython.open(process).close();
  },
);

pythonTest('of a heap over the bound a sample is scanned, and the counts are scaled up', async () => {
  const program = await startProgram(anyInterpreter!.path, 'crowd.py', '400000');
  const process = refOf(program.pid);
  const [all, sample] = [2 ** 30, 8 * 2 ** 20].map((most) => cpythonCensus(process, noAbort(), most));
  expect(all!.quality.sampledRatio).toBeUndefined();
  expect(sample!.quality.sampledRatio).toBeLessThan(0.5);
  expect(sample!.quality.scannedBytes).toBeLessThan(all!.quality.scannedBytes * 0.6);
  const count = (census: Census, type: string) => census.types.find((row) => row.type === type)?.count ?? 0;
  for (const type of ['__main__.Order', 'tuple', 'list']) {
    expect(Math.abs(count(sample!, type) / count(all!, type) - 1), type).toBeLessThan(0.15);
  }
});

pythonTest('a collector that is switched off, and what is kept in gc.garbage, is told', async () => {
  const program = await startProgram(anyInterpreter!.path, 'uncollectable.py', '500');
  const session = cpython.open(refOf(program.pid));
  expect(session.vitals()).toMatchObject({ gcEnabled: true, garbageObjects: 0 });
  const inGarbage = await program.ask<number>('collect');
  expect(inGarbage).toBeGreaterThanOrEqual(500);
  const { gc, ...rest } = session.vitals();
  expect(rest).toMatchObject({ gcEnabled: false, garbageObjects: inGarbage });
  expect(gc.find((one) => one.full)?.collectedObjects).toBeGreaterThanOrEqual(500);
  session.close();
  const { stdout } = await heapwatch(['top', String(program.pid), '--limit', '3']);
  expect(stdout).toContain('The cyclic collector is switched off');
  expect(stdout).toContain(`${inGarbage} of them are in gc.garbage`);
  expect(stdout).toMatch(/The last full collection kept \d+ tracked objects, and there are \d+ now/);
  const { garbage } = JSON.parse((await heapwatch(['top', String(program.pid), '--json'])).stdout);
  expect(garbage.kept_by_last_full_collection).toBeGreaterThan(500);
  expect(garbage.tracked).toBeGreaterThanOrEqual(garbage.kept_by_last_full_collection);
});

test.each([...oldInterpreters, ...interpreters])(
  'of CPython $version is told how many tracked objects the last full collection kept',
  async ({ path }) => {
    const program = await startProgram(path, 'surviving.py');
    const process = refOf(program.pid);
    const tracked = () =>
      cpython.census(process, noAbort()).types.reduce((sum, row) => sum + (row.trackedCount ?? 0), 0);
    const session = cpython.open(process);
    const inUse = await program.ask<number>('collect');
    const kept = session.vitals().survivingObjects!;
    expect(Math.abs(kept / inUse - 1)).toBeLessThan(0.01);
    const before = tracked();
    // What the answer was made with, and in 3.12 what lies in the permanent generation.
    expect(Math.abs(before - kept)).toBeLessThan(1000);
    const litter = await program.ask<number>('litter');
    expect(session.vitals().survivingObjects).toBe(kept);
    expect(tracked() - before).toBeGreaterThanOrEqual(litter - 10);
    await program.ask('collect');
    expect(tracked() - before).toBeLessThan(100);
    session.close();
  },
);

pythonTest('objects that gc.freeze() put aside are still counted', async () => {
  const program = await startProgram(anyInterpreter!.path, 'uncollectable.py', '500');
  const count = () =>
    cpython.census(refOf(program.pid), noAbort()).types.find((row) => row.type === '__main__.Cycle')?.count;
  expect(count()).toBe(500);
  expect(await program.ask<number>('freeze')).toBeGreaterThan(500);
  expect(count()).toBe(500);
});

testNeeding('CPython 3.11 or newer', canMakeUnknownPython)(
  'a CPython of an unknown version is detected, and refused with the versions that we read',
  async () => {
    const process = refOf((await startWithUnknownPython('healthy.py')).pid);
    expect(cpython.detect(process)).toEqual({ runtime: 'cpython', version: '3.99.0' });
    const refused = expect.objectContaining({ kind: 'unsupported', message: expect.stringContaining('2.7, 3.6, 3.7') });
    expect(() => cpython.open(process)).toThrow(refused);
    expect(() => cpython.census(process, noAbort())).toThrow(refused);
  },
);
