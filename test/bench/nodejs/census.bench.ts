import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import type { ProcessRef } from '../../../src/model/target.ts';
import { v8 } from '../../../src/runtimes/v8/index.ts';
import { nodes, withFlags } from '../../real/nodes.ts';
import { refOf } from '../../real/process-ref.ts';
import { startProgram } from '../../real/program.ts';
import { median } from '../median.ts';
import { summarize } from '../summary.ts';

// `npm run bench`: how long the event loop of a Node.js stands still while its objects are counted from outside, in one
// run with what else can be done: nothing, one gc(), a heap snapshot, Runtime.queryObjects. Idle and counted windows in
// turns, as the machine's speed drifts.

const turns = 7;
/** One of 5 M objects takes a minute on a quiet machine. */
const snapshotMs = 400_000;
const { path, version } = nodes.find((node) => node.version.startsWith('22.')) ?? nodes.at(-1)!;
const rows = [
  '| objects | heap | longest gap, idle | during censuses | gc() | heap snapshot | queryObjects | census | objects/s | reader RSS |',
  '| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |',
];

test.each([1_000_000, 5_000_000])(
  '%i objects',
  async (objects) => {
    const program = await startProgram(
      withFlags(path, '--expose-gc', '--max-old-space-size=8192'),
      'v8-crowd.mjs',
      String(objects),
    );
    const process = refOf(program.pid);
    let found = take(process); // the first one compiles our own code
    const [idle, counted]: [number[], number[]] = [[], []];
    for (let turn = 0; turn < turns; turn++) {
      found = take(process);
      const windowMs = found.durationSeconds * 1000;
      await program.ask('gap');
      await new Promise((resolve) => setTimeout(resolve, windowMs));
      idle.push(await program.ask<number>('gap'));
      take(process);
      counted.push(await program.ask<number>('gap'));
    }
    const reader = measureReader(process);
    const gc = await program.ask<number>('gc');
    const query = await program.ask<number>('query');
    const snapshot = await program.ask<number>('snapshot', snapshotMs);
    const what = `${objects / 1e6} million objects, Node.js ${version}`;
    const gap = { ours: median(counted), unit: 'ms' };
    summarize({
      what: `census of ${what}`,
      ours: reader.milliseconds,
      unit: 'ms',
      against: 'heap snapshot',
      theirs: snapshot,
    });
    summarize({
      what: `longest wait in a census of ${what}`,
      ...gap,
      against: 'the same without',
      theirs: median(idle),
    });
    summarize({ what: `longest wait in a census of ${what}`, ...gap, against: 'queryObjects', theirs: query });
    const cells = [
      found.objects.toLocaleString('en'),
      `${(found.quality.scannedBytes / 2 ** 20).toFixed(0)} MiB`,
      ...[median(idle), median(counted)].map((value) => `${value.toFixed(1)} ms`),
      ...[gc, snapshot, query, reader.milliseconds].map((value) => `${value.toFixed(0)} ms`),
      `${(found.objects / reader.milliseconds / 1000).toFixed(0)} M`,
      `${(reader.rss / 2 ** 20).toFixed(0)} MiB`,
    ];
    rows.push(`| ${cells.join(' | ')} |`);
    expect(found.objects).toBeGreaterThan(objects);
  },
  600_000,
);

afterAll(() => console.log(`Node.js ${version}; medians of ${turns}\n\n${rows.join('\n')}`));

function take(process: ProcessRef) {
  return v8.census(process, new Int32Array(1));
}

/**
 * Milliseconds of a census, and the resident size of the process that takes them: the built program, as a test runner's
 * transformation of the sources slows its hot loop.
 */
function measureReader(process: ProcessRef): { readonly milliseconds: number; readonly rss: number } {
  const runtime = new URL('../../../dist/runtimes/v8/index.js', import.meta.url).href;
  const script = `import { v8 } from '${runtime}';
const times = [];
for (let round = 0; round < ${2 + turns}; round++) {
  const began = performance.now();
  v8.census(${JSON.stringify(process)}, new Int32Array(1));
  times.push(performance.now() - began);
}
console.log(JSON.stringify({ times, rss: process.memoryUsage.rss() }));`;
  const cwd = fileURLToPath(new URL('../../..', import.meta.url));
  const output = execFileSync('node', ['--input-type=module', '-e', script], { cwd, encoding: 'utf8' });
  const { times, rss }: { times: number[]; rss: number } = JSON.parse(output);
  // The first two compile our code.
  return { milliseconds: median(times.slice(2)), rss };
}
