import { expect } from 'vitest';
import { cpython } from '../../src/runtimes/cpython/index.ts';
import { refOf } from './process-ref.ts';
import { startProgram } from './program.ts';

const rounds = 50;

/** Takes 50 censuses of a Python whose threads replace objects without rest: what is constant must be exact each time. */
export async function expectExactWhileBusy(path: string): Promise<void> {
  const program = await startProgram(path, 'busy.py', '60000');
  const process = refOf(program.pid);
  const count = () => {
    const { types } = cpython.census(process, new Int32Array(new SharedArrayBuffer(4)));
    return new Map(types.map((row) => [row.type, row.count]));
  };
  count(); // the first one compiles our own code and takes longer
  const turnsBefore = await program.ask<number>('turns');
  const counts = Array.from({ length: rounds }, count);
  const turns = (await program.ask<number>('turns')) - turnsBefore;

  expect(turns, 'objects replaced while we looked').toBeGreaterThan(10_000);
  expect(counts.map((found) => found.get('__main__.Constant'))).toEqual(counts.map(() => 60_000));
  const off = counts
    .map((found) => Math.abs((found.get('__main__.Replaced') ?? 0) - 60_000) / 60_000)
    .toSorted((a, b) => a - b);
  expect(off[rounds / 2], 'the median difference').toBeLessThan(0.001);
  expect(off.at(-1), 'the worst').toBeLessThan(0.02);
}
