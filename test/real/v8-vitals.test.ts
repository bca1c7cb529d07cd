import { spawn } from 'node:child_process';
import { isDeepStrictEqual } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { ReadFailure } from '../../src/model/failure.ts';
import type { HeapVitals } from '../../src/model/vitals.ts';
import type { Session } from '../../src/runtimes/runtime.ts';
import { attach } from '../../src/runtimes/v8/attach.ts';
import { findHeap } from '../../src/runtimes/v8/heap-check.ts';
import { v8 } from '../../src/runtimes/v8/index.ts';
import { findIsolates } from '../../src/runtimes/v8/isolates.ts';
import { layouts } from '../../src/runtimes/v8/layouts/index.ts';
import { testNeeding } from './needs.ts';
import { allNodes, lineOf, type Node, nodes, supportedLines, withFlags } from './nodes.ts';
import { refOf } from './process-ref.ts';
import { type Program, startProgram } from './program.ts';

// What V8's counters say from outside, against what V8 says inside, on every line of Node.js.

interface HeapStatistics {
  readonly heap_size_limit: number;
  readonly total_heap_size: number;
  readonly used_heap_size: number;
}

interface Memory {
  readonly heap: HeapStatistics;
  readonly usage: { readonly external: number; readonly arrayBuffers: number };
  readonly spaces: Readonly<Record<string, number>>;
}

const MEBIBYTE = 2 ** 20;
const flags = ['--expose-gc', '--max-semi-space-size=1'];

async function open(node: Node, ...options: string[]): Promise<{ program: Program; session: Session }> {
  const program = await startProgram(withFlags(node.path, ...flags, ...options), 'v8-vitals.mjs');
  return { program, session: v8.open(refOf(program.pid)) };
}

testNeeding('a Node.js of each line (.ci/other-nodes)', nodes.length === supportedLines.length)(
  'every line is tested',
  () => expect(nodes.map(lineOf)).toEqual(supportedLines),
);

test.each(allNodes)('Node.js $version: used, committed, limit and external are those of V8', async (node) => {
  const { program, session } = await open(node, '--max-old-space-size=300');
  await program.ask('grow 20');
  await program.ask('buffers 30');
  const { heap, usage, spaces, vitals } = await measure(program, session);
  session.close();
  // What the answer itself allocates; from 22 on also the areas where code and its data are just being allocated.
  const slack = 0.75 * MEBIBYTE;
  const near = (actual: number | undefined, expected: number) =>
    expect(Math.abs(actual! - expected)).toBeLessThan(slack);
  near(vitals.usedBytes, heap.used_heap_size);
  expect(Math.abs(vitals.committedBytes! - heap.total_heap_size)).toBeLessThanOrEqual(MEBIBYTE);
  expect(vitals.limitBytes).toBe(heap.heap_size_limit);
  near(vitals.spaceUsedBytes.new, spaces.new_space!);
  near(vitals.spaceUsedBytes.old, spaces.old_space!);
  near(vitals.spaceUsedBytes.code, spaces.code_space!);
  expect(vitals.spaceUsedBytes.large).toBe(spaces.large_object_space);
  expect(vitals.externalBytes.array_buffer).toBeGreaterThan(30e6);
  near(vitals.externalBytes.array_buffer, usage.arrayBuffers);
  near(vitals.externalBytes.array_buffer! + vitals.externalBytes.other!, usage.external);
  expect(vitals.accountedBytes).toBeGreaterThan(vitals.committedBytes! + 30e6);
});

test.each(nodes)('Node.js $version: a limit of semi-spaces that is set counts three times', async (node) => {
  const limitOf = async (megabytes: number) => {
    const { program, session } = await open(node, `--max-semi-space-size=${megabytes}`, '--max-old-space-size=200');
    const { heap } = await program.ask<Memory>('memory');
    const { limitBytes } = session.vitals();
    session.close();
    expect(limitBytes).toBe(heap.heap_size_limit);
    return limitBytes!;
  };
  expect((await limitOf(32)) - (await limitOf(16))).toBe(3 * 16 * MEBIBYTE);
});

test.each(nodes)(
  'Node.js $version: collections are those its own observer saw, of 1,000 minor and 20 major',
  async (node) => {
    const { program, session } = await open(node);
    const before = await program.ask<Record<string, number>>('seen');
    const countsBefore = counts(session);
    await program.ask('churn 1000 20');
    // Events reach the observer late: it is asked until it has seen the last.
    await expect
      .poll(async () => {
        const seen = await program.ask<Record<string, number>>('seen');
        const now = counts(session);
        return {
          minor: now.minor! - countsBefore.minor! - (seen.minor! - before.minor!),
          major: now.major! - countsBefore.major! - (seen.major! - before.major!),
        };
      })
      .toEqual({ minor: 0, major: 0 });
    expect(counts(session).minor! - countsBefore.minor!).toBeGreaterThanOrEqual(1000);
    expect(counts(session).major! - countsBefore.major!).toBeGreaterThanOrEqual(20);
    session.close();
  },
  60_000,
);

/** The same moment from inside and from outside: no collection lies between the two. */
async function measure(program: Program, session: Session): Promise<Memory & { vitals: HeapVitals }> {
  for (let tries = 0; tries < 20; tries++) {
    const before = counts(session);
    const memory = await program.ask<Memory>('memory');
    const vitals = session.vitals();
    if (isDeepStrictEqual(counts(session), before)) return { ...memory, vitals };
  }
  return expect.fail('collections without end');
}

function counts(session: Session): Record<string, number> {
  return Object.fromEntries(session.vitals().gc.map(({ gc, collections }) => [gc, collections]));
}

test.each(nodes)('Node.js $version: the live floor is what V8 used after its last full collection', async (node) => {
  const { program, session } = await open(node);
  await program.ask('grow 20');
  const { atSeconds, usedBytes } = await program.ask<{ atSeconds: number; usedBytes: number }>('collect');
  const { live } = session.vitals();
  expect(live!.bytes).toBeLessThanOrEqual(usedBytes);
  expect(live!.bytes).toBeGreaterThan(usedBytes - 1.25 * MEBIBYTE);
  expect(Math.abs(live!.atSeconds - atSeconds)).toBeLessThan(0.5);
  await program.ask('grow 5');
  // The same collection keeps its time, to the last digit.
  const later = session.vitals();
  if (later.gc[1]!.collections === counts(session).major) expect(session.vitals().live).toEqual(later.live);
  session.close();
});

interface Sums {
  readonly usedBytes: number;
  readonly committedBytes: number;
}

test.each(nodes)(
  'Node.js $version: workers add to the sums, the nearest limit is told, counts outlive them',
  async (node) => {
    const { program, session } = await open(node);
    await program.ask('collect');
    const alone = session.vitals();
    expect(alone).not.toHaveProperty('bindingHeap');
    const small = await program.ask<HeapStatistics>('worker 5 100');
    const tight = await program.ask<HeapStatistics>('worker 20 40');
    const together = session.vitals();
    const grown = (sum: keyof Sums) => together[sum]! - alone[sum]!;
    expect(grown('usedBytes')).toBeGreaterThan((small.used_heap_size + tight.used_heap_size) * 0.95);
    expect(grown('committedBytes')).toBeGreaterThan((small.total_heap_size + tight.total_heap_size) * 0.95);
    expect(together.limitBytes).toBe(alone.limitBytes);
    expect(together.bindingHeap!.limitBytes).toBe(tight.heap_size_limit);
    expect(together.bindingHeap!.liveBytes).toBeLessThanOrEqual(tight.used_heap_size);
    expect(together.bindingHeap!.liveBytes).toBeGreaterThan(tight.used_heap_size - 1.25 * MEBIBYTE);
    const before = counts(session);
    await program.ask('end');
    const after = session.vitals();
    session.close();
    expect(after).not.toHaveProperty('bindingHeap');
    expect(after.usedBytes).toBeLessThan(together.usedBytes! - 15 * MEBIBYTE);
    for (const { gc, collections } of after.gc) expect(collections).toBeGreaterThanOrEqual(before[gc]!);
  },
);

test.each(nodes)(
  'Node.js $version: a program in the middle of its start-up or of a loop is read all the same',
  async (node) => {
    const child = spawn(node.path, ['-e', 'for (;;) [].concat(new Array(1000).fill({}))'], { stdio: 'ignore' });
    onTestFinished(() => void child.kill('SIGKILL'));
    let readings = 0;
    const until = Date.now() + 10_000;
    while (readings < 20 && Date.now() < until) {
      try {
        const session = v8.open(refOf(child.pid!));
        const vitals = session.vitals();
        session.close();
        // A heap that is just being made has no memory yet.
        if (readings > 0 || vitals.committedBytes !== 0) {
          expect(vitals.committedBytes).toBeGreaterThan(0);
          readings++;
        }
      } catch (error) {
        // Of a program that is just starting there is little to see.
        expect(error).toBeInstanceOf(ReadFailure);
        expect(readings).toBe(0);
      }
    }
    expect(readings).toBe(20);
  },
);

const withMinorMs = nodes.filter((node) => Number(lineOf(node)) >= 22);

test.each(withMinorMs)(
  'Node.js $version: with --minor-ms neither the new space nor the limit is told',
  async (node) => {
    const { program, session } = await open(node, '--minor-ms');
    await program.ask('grow 5');
    const vitals = session.vitals();
    session.close();
    for (const name of ['usedBytes', 'limitBytes']) expect(vitals).not.toHaveProperty(name);
    expect(vitals.spaceUsedBytes).not.toHaveProperty('new');
    expect(vitals.spaceUsedBytes.old).toBeGreaterThan(100_000);
  },
);

test.each(nodes)('Node.js $version: the layouts of other lines do not pass the check', async (node) => {
  const { program, session } = await open(node);
  session.close();
  const attached = attach(refOf(program.pid));
  const own = findIsolates(attached);
  const passing = layouts.filter((layout) => own.some(({ address }) => findHeap(attached.memory, layout, address)));
  attached.memory.close();
  expect(passing.map(({ version }) => version)).toEqual([lineOf(node)]);
});
