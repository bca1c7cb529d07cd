import { expect, test } from 'vitest';
import { cpython } from '../../../src/runtimes/cpython/index.ts';
import { interpreters, oldInterpreters } from '../../real/interpreters.ts';
import { refOf } from '../../real/process-ref.ts';
import { startProgram } from '../../real/program.ts';
import { median } from '../median.ts';
import { summarize } from '../summary.ts';

// `npm run bench`: prints the README's table of measured numbers. Ratios are of one run on one machine.

const objects = 1_000_000;
const rounds = 7;
const rows: string[] = [
  '| CPython | census | objgraph in the process, which stands still | ratio | vitals |',
  '| --- | --- | --- | --- | --- |',
];

test.each([...oldInterpreters, ...interpreters])(
  'a million tracked objects of CPython $version at $path',
  async ({ path, version }) => {
    const program = await startProgram(path, 'crowd.py', String(objects));
    const process = refOf(program.pid);
    const census: number[] = [];
    const inside: number[] = [];
    for (let round = 0; round < rounds; round++) {
      census.push(cpython.census(process, new Int32Array(1)).durationSeconds * 1000);
      inside.push((await program.ask<{ ms: number }>('objgraph')).ms);
    }
    const session = cpython.open(process);
    const vitals = Array.from({ length: 100 }, () => {
      const began = performance.now();
      session.vitals();
      return performance.now() - began;
    });
    session.close();
    summarize({
      what: `census of a million objects, CPython ${version}`,
      ...{ ours: median(census), unit: 'ms', against: 'objgraph, standing still', theirs: median(inside) },
    });
    const ratio = median(census) / median(inside);
    const cells = [version, ms(median(census)), ms(median(inside)), ratio.toFixed(2), ms(median(vitals))];
    rows.push(`| ${cells.join(' | ')} |`);
    expect(census).toHaveLength(rounds);
  },
);

test('the table', () => {
  console.log(
    `${objects.toLocaleString('en')} tracked objects, half of them replaced; medians of ${rounds}\n\n${rows.join('\n')}`,
  );
});

function ms(value: number): string {
  return `${value < 1 ? value.toFixed(2) : value.toFixed(0)} ms`;
}
