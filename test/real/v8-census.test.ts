import { expect, onTestFinished, test } from 'vitest';
import type { Census } from '../../src/model/census.ts';
import { census } from '../../src/runtimes/v8/census/census.ts';
import { v8 } from '../../src/runtimes/v8/index.ts';
import { readSnapshotTypes } from './heap-snapshot.ts';
import { heapwatch } from './heapwatch.ts';
import { testNeeding } from './needs.ts';
import { lineOf, type Node, nodes, supportedLines, withFlags } from './nodes.ts';
import { refOf } from './process-ref.ts';
import { type Program, startProgram } from './program.ts';
import { byType, top } from './top.ts';

// Objects of Node.js counted from outside, against what programs made and what V8's own heap snapshot says.

const kinds = 21;
const ownClasses = ['Order', 'VipOrder', 'Legacy', 'Item', 'Cart', 'ShopError'];

/** A snapshot counts the prototypes of Node's own classes among their instances, or among objects. */
const prototypeBytes = 8192;

for (const line of supportedLines) {
  const node = nodes.find((one) => lineOf(one) === line);
  if (node === undefined) testNeeding(`Node.js ${line}`, false)(`populations of Node.js ${line}`, () => undefined);
  else testOf(node);
}

function testOf({ path, version }: Node): void {
  test(`counts known populations of Node.js ${version}`, async () => {
    const count = 5000;
    const program = await startProgram(withFlags(path, '--expose-gc'), 'v8-populations.mjs', String(count));
    await program.ask('gc');
    const before = take(program);
    expect(before.quality.skippedRatio).toBeLessThan(0.001);
    expect(before.objects).toBeGreaterThan(kinds * count);
    for (const type of ownClasses) expect(`${type} ${countOf(before, type)}`).toBe(`${type} ${count}`);

    const added = await program.ask<Record<string, number>>('add');
    const after = take(program);
    for (const [type, made] of Object.entries(added)) {
      const off = countOf(after, type) - countOf(before, type) - made;
      // Node's own machinery makes some objects of the language's types in between.
      expect(Math.abs(off), `${type}: ${off}`).toBeLessThanOrEqual(ownClasses.includes(type) ? 0 : made * 0.01);
    }
    expect(bytesOf(after, 'ArrayBuffer') - bytesOf(before, 'ArrayBuffer')).toBeGreaterThan(count * 80);
    // 100 of the ArrayBuffer, 160 of the Float64Array, and 65 to 67 of the Buffer.
    const outside = bytesOf(after, '(array buffer)') - bytesOf(before, '(array buffer)');
    expect(Math.abs(outside / (count * (100 + 160 + 66)) - 1)).toBeLessThan(0.01);
  });

  test(`agrees with a heap snapshot of Node.js ${version}`, async () => {
    const program = await startProgram(withFlags(path, '--expose-gc'), 'v8-populations.mjs', '5000');
    const snapshot = await readSnapshotTypes(program);
    await program.ask('gc');
    const census = take(program);
    const largest = [...snapshot].sort(([, a], [, b]) => b.bytes - a.bytes).slice(0, 30);
    expect(largest.length).toBe(30);
    for (const [type, theirs] of largest) {
      // From 24 on a snapshot adds what strings have outside the heap, so these are compared by their number.
      const [ours, expected] =
        type === '(string)'
          ? [countOf(census, type), theirs.count]
          : [bytesOf(census, ...type.split(' + ')), theirs.bytes];
      const most = Math.max(expected * 0.01, prototypeBytes);
      expect(Math.abs(ours - expected), `${type}: ${ours} of ${expected}`).toBeLessThan(most);
    }
  });

  test(`what Node.js ${version} has moved out of a page is counted once`, async () => {
    const program = await startProgram(withFlags(path, '--expose-gc'), 'v8-fragmented.mjs');
    for (let round = 0; round < 4; round++) {
      const kept = await program.ask('shrink');
      const census = take(program);
      expect(countOf(census, 'Session')).toBe(kept);
      expect(census.quality.skippedRatio).toBeLessThan(0.002);
      // V8's own sum of its spaces, with open areas and without what all isolates share: some hundred KB of 10 MB.
      expect(Math.abs(bytesInHeap(census) / usedBytes(program) - 1)).toBeLessThan(0.1);
    }
  });

  test(`counts the heaps of worker threads of Node.js ${version}`, async () => {
    const program = await startProgram(withFlags(path, '--expose-gc'), 'v8-populations.mjs', '2000', 'worker');
    const census = take(program);
    expect(countOf(census, 'WorkerOrder')).toBe(2000);
    expect(countOf(census, 'Order')).toBe(2000);
  });

  test(`objects that Node.js ${version} has just made are counted, wherever it moves them meanwhile`, async () => {
    for (const made of [5000, 60_000, 5000, 60_000]) {
      const program = await startProgram(path, 'v8-young.mjs', String(made));
      expect(countOf(take(program), 'Session')).toBe(made);
      await program.end();
    }
  });

  test(`hostile names of Node.js ${version} are cut and told, and nothing of the target's code runs`, async () => {
    const program = await startProgram(path, 'v8-hostile-names.mjs');
    const census = take(program);
    const names = census.types.map(({ type }) => type);
    expect(Math.max(...names.map((name) => name.length))).toBeLessThanOrEqual(256);
    const counts = new Map(census.types.map(({ type, count }) => [type, count]));
    const odd = ['new\nline "quoted" \\ back', 'L'.repeat(256), 'Größe𠮷', 'Tagged', '(anonymous)'];
    for (const name of [...odd, 'Capturing', 'Crowded', 'StaticName']) {
      expect(counts.get(name) ?? 0, name.slice(0, 20)).toBeGreaterThanOrEqual(100);
    }
    expect(counts.get('Proxy')).toBeGreaterThanOrEqual(200);
    expect(await program.ask('called')).toBe(0);
  });
}

const anyNode = nodes[1] ?? nodes[0];

test.each([
  ['listeners', '(closure)'],
  ['sessions', 'Session'],
])('top names what grows in a service that leaks %s', async (what, type) => {
  const program = await startProgram(anyNode!.path, 'v8-leak.mjs', what);
  const report = await top(program.pid, '--growth', '2s');
  expect(report.growth?.[0]?.type).toBe(type);
});

test('a census stops when it is asked to, and of a process that has ended it says so', async () => {
  const program = await startProgram(anyNode!.path, 'v8-hostile-names.mjs');
  const process = refOf(program.pid);
  const stop = new Int32Array(new SharedArrayBuffer(4));
  stop[0] = 1;
  expect(() => v8.census(process, stop)).toThrow(expect.objectContaining({ kind: 'busy' }));
  await program.end();
  expect(() => v8.census(process, new Int32Array(1))).toThrow(expect.objectContaining({ kind: 'gone' }));
});

test('of a heap beyond the bound a sample of the pages is counted', async () => {
  const program = await startProgram(withFlags(anyNode!.path, '--expose-gc'), 'v8-populations.mjs', '20000');
  const whole = take(program);
  const sampled = census(refOf(program.pid), new Int32Array(1), whole.quality.scannedBytes / 2.5);
  expect(sampled.quality.sampledRatio).toBeCloseTo(1 / 3, 1);
  // Which pages are in it is chance; what has pages of its own is counted in full.
  expect(Math.abs(sampled.bytes / whole.bytes - 1)).toBeLessThan(0.2);
  expect(Math.abs(sampled.objects / whole.objects - 1)).toBeLessThan(0.3);
});

test.each(nodes.filter((node) => Number(lineOf(node)) >= 22))(
  'objects of Node.js $version whose young ones stay in place (--minor-ms) are counted',
  async ({ path }) => {
    const program = await startProgram(withFlags(path, '--minor-ms'), 'v8-young.mjs', '60000');
    take(program); // by then the collection after its start is over
    expect(countOf(take(program), 'Session')).toBe(60_000);
  },
);

test('what one census needs of memory serves the next', async () => {
  const program = await startProgram(anyNode!.path, 'v8-hostile-names.mjs');
  const used = Array.from({ length: 20 }, () => {
    take(program);
    return process.memoryUsage().arrayBuffers;
  });
  // The window on the heap's small reads alone has 2 MiB.
  expect(Math.max(...used.slice(2)) - used[2]!).toBeLessThan(2 * 2 ** 20);
});

test('top shows how many are young', async () => {
  const program = await startProgram(anyNode!.path, 'v8-leak.mjs', 'sessions');
  const table = await heapwatch(['top', String(program.pid), '--limit', '5']);
  expect(table.stdout).toMatch(/^type +count +young +bytes$/m);
  const report = await top(program.pid);
  const session = byType(report).get('Session') as { count: number; young?: number };
  expect(session.young).toBeLessThanOrEqual(session.count);
});

function take({ pid }: Program): Census {
  return v8.census(refOf(pid), new Int32Array(new SharedArrayBuffer(4)));
}

function usedBytes({ pid }: Program): number {
  const session = v8.open(refOf(pid));
  onTestFinished(session.close);
  return session.vitals().usedBytes ?? Number.NaN;
}

function bytesInHeap({ types }: Census): number {
  return types.reduce((sum, { type, bytes }) => sum + (type === '(array buffer)' ? 0 : bytes), 0);
}

function countOf(census: Census, type: string): number {
  return census.types.find((row) => row.type === type)?.count ?? 0;
}

function bytesOf(census: Census, ...types: string[]): number {
  return census.types.filter((row) => types.includes(row.type)).reduce((sum, row) => sum + row.bytes, 0);
}
