import { afterAll, expect, test } from 'vitest';
import type { Census } from '../../../src/model/census.ts';
import type { ProcessRef } from '../../../src/model/target.ts';
import { cpython } from '../../../src/runtimes/cpython/index.ts';
import { interpreters, oldInterpreters } from '../../real/interpreters.ts';
import { refOf } from '../../real/process-ref.ts';
import { startProgram } from '../../real/program.ts';
import { median } from '../median.ts';

// `npm run bench`: the table of docs/accuracy/cpython.md, how far a census is from what the interpreter itself says.

interface Truth {
  readonly tracked: Record<string, number>;
}

const rows = [
  '| CPython | vitals | tracked objects | off by | untracked made | off by | GC counters off by |',
  '| --- | --- | --- | --- | --- | --- | --- |',
];

test.each([...oldInterpreters, ...interpreters])('CPython $version at $path', async ({ path, version }) => {
  const tracked = await trackedDifference(path);
  const untracked = await untrackedDifference(path);
  const cells = [
    version,
    `${tracked.vitalsMs.toFixed(2)} ms`,
    tracked.objects,
    tracked.off,
    untracked.made,
    untracked.off,
  ];
  rows.push(`| ${[...cells, untracked.counters].join(' | ')} |`);
  expect(tracked.objects).toBeGreaterThan(50_000);
});

afterAll(() => console.log(`\n${rows.join('\n')}`));

/** Summed over all types: how many more or fewer than gc.get_objects() has. */
async function trackedDifference(path: string) {
  const program = await startProgram(path, 'old_populations.py');
  await program.ask('truth');
  const process = refOf(program.pid);
  const census = take(process);
  const truth = await program.ask<Truth>('truth');
  const ours = new Map(census.types.map((row) => [row.type, row.trackedCount ?? 0]));
  const types = new Set([...ours.keys(), ...Object.keys(truth.tracked)]);
  const off = [...types].flatMap((type) => {
    const difference = (ours.get(type) ?? 0) - (truth.tracked[type] ?? 0);
    return difference === 0 ? [] : [`${type} ${difference > 0 ? '+' : ''}${difference}`];
  });
  const session = cpython.open(process);
  const times = Array.from({ length: 101 }, () => {
    const began = performance.now();
    session.vitals();
    return performance.now() - began;
  });
  session.close();
  const objects = Object.values(truth.tracked).reduce((sum, count) => sum + count, 0);
  return { objects, off: off.join(', ') || '0', vitalsMs: median(times) };
}

/** What a census finds more after a known number of str, bytes, float and complex was made. */
async function untrackedDifference(path: string) {
  const program = await startProgram(path, 'increments.py');
  const process = refOf(program.pid);
  await program.ask('add'); // what the first answer leaves behind is there from now on
  const before = take(process);
  const made = await program.ask<Record<string, number>>('add');
  const after = take(process);
  const count = (census: Census, type: string) => census.types.find((row) => row.type === type)?.count ?? 0;
  const off = Object.entries(made).flatMap(([type, number]) => {
    const difference = count(after, type) - count(before, type) - number;
    return difference === 0 ? [] : [`${type} ${difference > 0 ? '+' : ''}${difference}`];
  });
  const stats = await program.ask<{ collections: number; collected: number; uncollectable: number }[]>('stats');
  const session = cpython.open(process);
  const { gc } = session.vitals();
  session.close();
  const counters = gc.map((one, generation) => {
    const theirs = stats[generation]!;
    return (
      Math.abs(one.collections - theirs.collections) +
      Math.abs((one.collectedObjects ?? 0) - theirs.collected) +
      Math.abs((one.uncollectableObjects ?? 0) - theirs.uncollectable)
    );
  });
  return {
    made: Object.values(made).reduce((sum, number) => sum + number, 0),
    off: off.join(', ') || '0',
    counters: gc.length === 0 ? 'not kept' : String(counters.reduce((sum, difference) => sum + difference, 0)),
  };
}

function take(process: ProcessRef): Census {
  return cpython.census(process, new Int32Array(1));
}
