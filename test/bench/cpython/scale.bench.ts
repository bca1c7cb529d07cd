import { execFileSync } from 'node:child_process';
import { closeSync, openSync, readSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { readMappings } from '../../../src/memory/process-memory.ts';
import type { ProcessRef } from '../../../src/model/target.ts';
import { cpython } from '../../../src/runtimes/cpython/index.ts';
import { anyInterpreter } from '../../real/interpreters.ts';
import { refOf } from '../../real/process-ref.ts';
import { startProgram } from '../../real/program.ts';
import { median } from '../median.ts';

// `npm run bench`: how a census grows with the heap, against objgraph's way and against a plain copy of the same bytes.

const rounds = 5;
const { path, version } = anyInterpreter!;
const rows = [
  '| tracked objects | heap | census | objgraph in the process | ratio | plain copy | ratio | objects/s, all types | reader RSS |',
  '| --- | --- | --- | --- | --- | --- | --- | --- | --- |',
];

const sizes = [1_000_000, 5_000_000];
test.each(sizes.flatMap((objects) => ['0', '1'].map((churned) => ({ objects, churned }))))(
  '$objects tracked objects, churned: $churned',
  async ({ objects, churned }) => {
    const program = await startProgram(path, 'crowd.py', String(objects), churned);
    const process = refOf(program.pid);
    const census: number[] = [];
    const inside: number[] = [];
    const copy: number[] = [];
    let found = cpython.census(process, new Int32Array(1)); // the first one compiles our own code
    for (let round = 0; round < rounds; round++) {
      found = cpython.census(process, new Int32Array(1));
      census.push(found.durationSeconds * 1000);
      copy.push(plainCopyMs(process));
      inside.push((await program.ask<{ ms: number }>('objgraph')).ms);
    }
    const perSecond = found.objects / (median(census) / 1000);
    const cells = [
      `${objects.toLocaleString('en')}${churned === '1' ? ', churned' : ''}`,
      `${(found.quality.scannedBytes / 2 ** 20).toFixed(0)} MiB`,
      `${median(census).toFixed(0)} ms`,
      `${median(inside).toFixed(0)} ms`,
      (median(census) / median(inside)).toFixed(2),
      `${median(copy).toFixed(0)} ms`,
      (median(census) / median(copy)).toFixed(2),
      `${(perSecond / 1e6).toFixed(0)} M`,
      `${(readerRss(process) / 2 ** 20).toFixed(0)} MiB`,
    ];
    rows.push(`| ${cells.join(' | ')} |`);
    expect(found.objects).toBeGreaterThan(objects);
  },
  120_000,
);

afterAll(() => console.log(`CPython ${version}; medians of ${rounds}\n\n${rows.join('\n')}`));

/** Reads the same private memory, and does nothing with it. */
function plainCopyMs(process: ProcessRef): number {
  const ranges = readMappings(process).filter(
    (mapping) => mapping.readable && mapping.writable && mapping.inode === 0 && !mapping.path.startsWith('[stack'),
  );
  const file = openSync(`/proc/${process.pid}/mem`, 'r');
  const buffer = Buffer.alloc(256 * 1024);
  const began = performance.now();
  for (const { start, end } of ranges) {
    for (let at = start; at < end; at += buffer.length) {
      readSync(file, buffer, 0, Math.min(buffer.length, end - at), at);
    }
  }
  const took = performance.now() - began;
  closeSync(file);
  return took;
}

/** Resident size of a fresh process that has taken five censuses. */
function readerRss(process: ProcessRef): number {
  const runtime = new URL('../../../dist/runtimes/cpython/index.js', import.meta.url).href;
  const script = `import { cpython } from '${runtime}';
for (let round = 0; round < 5; round++) cpython.census(${JSON.stringify(process)}, new Int32Array(1));
console.log(process.memoryUsage.rss());`;
  const cwd = fileURLToPath(new URL('../../..', import.meta.url));
  return Number(execFileSync('node', ['--input-type=module', '-e', script], { cwd, encoding: 'utf8' }));
}
