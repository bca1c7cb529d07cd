import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { cpython } from '../../../src/runtimes/cpython/index.ts';
import { anyInterpreter } from '../../real/interpreters.ts';
import { refOf } from '../../real/process-ref.ts';
import { type Program, startProgram } from '../../real/program.ts';
import { median } from '../median.ts';

// `npm run bench`: a census beside the tools that people have, from PyPI: objgraph, which counts types in the process
// itself, and py-spy, which reads from outside as we do, but stacks and no heap. How long each takes, and how late a
// 1 ms ticker in the target was at worst meanwhile, which is for how long the target stood still.

const rounds = 15;
const objects = 1_000_000;

test('objgraph and py-spy beside a census', async (context) => {
  const { python, pySpy } = install(context.skip);
  const program = await startProgram(python, 'ticker.py', String(objects));
  const target = refOf(program.pid);
  const { types } = await program.ask<{ types: Record<string, number> }>('objgraph');
  const found = new Map(cpython.census(target, new Int32Array(1)).types.map((row) => [row.type, row]));
  // objgraph leaves out modules, and calls all classes of one name the same.
  expect(found.get('__main__.Held')?.trackedCount).toBe(types.Held);

  const rows = [
    await measure('heapwatch census', program, () => cpython.census(target, new Int32Array(1)).durationSeconds * 1000),
    await measure('objgraph.most_common_types(50)', program, async () => {
      return (await program.ask<{ ms: number }>('objgraph')).ms;
    }),
    await measure('py-spy dump', program, () => timed(() => run(pySpy, 'dump', '--pid', String(program.pid)))),
    await measure('py-spy dump --nonblocking', program, () =>
      timed(() => run(pySpy, 'dump', '--nonblocking', '--pid', String(program.pid))),
    ),
    await measure('nothing', program, () => timed(() => run('sleep', '0.1'))),
  ];
  console.log(
    `CPython ${anyInterpreter!.version}, ${objects.toLocaleString('en')} objects of a class, medians of ${rounds}\n\n` +
      `| | takes | the target's ticker at worst late by |\n| --- | --- | --- |\n${rows.join('\n')}`,
  );
}, 300_000);

async function measure(name: string, program: Program, once: () => number | Promise<number>): Promise<string> {
  const times: number[] = [];
  const late: number[] = [];
  for (let round = 0; round < rounds; round++) {
    await program.ask('ticks');
    times.push(await once());
    late.push(Math.max(...(await program.ask<number[]>('ticks'))));
  }
  return `| ${name} | ${median(times).toFixed(0)} ms | ${median(late).toFixed(1)} ms |`;
}

/** Both in an environment of their own; skips the bench where the package index is absent. */
function install(skip: (reason: string) => void): { python: string; pySpy: string } {
  const folder = mkdtempSync(join(tmpdir(), 'heapwatch-side-by-side-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const [python, pySpy] = [join(folder, 'bin/python'), join(folder, 'bin/py-spy')];
  try {
    run(anyInterpreter!.path, '-m', 'venv', folder);
    run(python, '-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', 'objgraph', 'py-spy');
  } catch (error) {
    skip(`objgraph and py-spy cannot be installed: ${(error as Error).message}`);
  }
  return { python, pySpy };
}

function run(command: string, ...args: string[]): void {
  execFileSync(command, args, { stdio: ['ignore', 'ignore', 'pipe'], timeout: 120_000 });
}

function timed(work: () => void): number {
  const began = performance.now();
  work();
  return performance.now() - began;
}
