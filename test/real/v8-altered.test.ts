import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, onTestFinished, test } from 'vitest';
import { readAddress } from '../../src/memory/address.ts';
import { attach } from '../../src/runtimes/v8/attach.ts';
import { metadataSymbol, platformSymbol } from '../../src/runtimes/v8/image.ts';
import { v8 } from '../../src/runtimes/v8/index.ts';
import { findIsolates } from '../../src/runtimes/v8/isolates.ts';
import { readIsolateVitals } from '../../src/runtimes/v8/vitals/heap-vitals.ts';
import { type Alter, alterMemory, withoutPage } from './altered-memory.ts';
import { lineOf, nodes, withFlags } from './nodes.ts';
import { refOf } from './process-ref.ts';
import { startProgram } from './program.ts';
import { until } from './until.ts';

// What vitals say of a Node.js of which something cannot be seen, or that changes while it is looked at.

const busy = expect.objectContaining({ kind: 'busy' });

const oldestAndNewest = [nodes[0], nodes.at(-1)].flatMap((node) => node ?? []);

async function start(path: string) {
  const program = await startProgram(withFlags(path, '--expose-gc', '--max-semi-space-size=1'), 'v8-vitals.mjs');
  await program.ask('worker 1 100');
  await program.ask('collect');
  const process = refOf(program.pid);
  const session = v8.open(process);
  onTestFinished(session.close);
  const node = attach(process);
  onTestFinished(() => node.memory.close());
  const isolates = findIsolates(node);
  const see = alterMemory();
  const vitalsWith = (alter: Alter) => {
    see(alter);
    try {
      return session.vitals();
    } finally {
      see(undefined);
    }
  };
  return { program, process, session, node, isolates, see, vitalsWith };
}

test.each(nodes)(
  'Node.js $version: what is in swap makes it busy, and it is read again afterwards',
  async (subject) => {
    const { process, session, node, isolates, see, vitalsWith } = await start(subject.path);
    const before = session.vitals();
    expect(isolates).toHaveLength(2);
    const pages = [
      ...isolates.flatMap(({ address, heap }) => [address, heap]),
      node.image.symbols.get(platformSymbol)!,
      isolates[0]!.heap + node.layout.heap.isolateId,
    ];
    for (const page of pages) expect(() => vitalsWith(withoutPage(page)), page.toString(16)).toThrow(busy);
    expect(session.vitals().gc).toEqual(before.gc);
    see(withoutPage(node.image.symbols.get(metadataSymbol)!));
    expect(() => v8.open(process)).toThrow(busy);
    // The file tells it too.
    expect(v8.readVersion!(process, '')).toBe(subject.version);
  },
);

test.each(oldestAndNewest)(
  'Node.js $version: of a space that is not known of one heap no sum is told',
  async ({ path }) => {
    const { session, node, isolates, vitalsWith } = await start(path);
    expect(session.vitals().spaceUsedBytes).toHaveProperty('new');
    const worker = isolates.find(({ isMain }) => !isMain)!;
    const newSpace = readAddress(worker.heapBytes, node.layout.spaces.newSpace.pointer);
    const capacity = newSpace + node.layout.spaces.newSpace.capacity;
    const vitals = vitalsWith((address, _bytes, seen) => (address === capacity ? 0 : seen));
    expect(vitals.spaceUsedBytes).not.toHaveProperty('new');
    expect(vitals).not.toHaveProperty('usedBytes');
    expect(vitals.committedBytes).toBeGreaterThan(0);
  },
);

test.each(oldestAndNewest)(
  'Node.js $version: a floor and a time of two collections are not put together',
  async ({ path }) => {
    const { node, isolates, see } = await start(path);
    const main = isolates.find(({ isMain }) => isMain)!;
    expect(readIsolateVitals(node.memory, node.layout, main).lastFull?.oldBytes).toBeGreaterThan(100_000);
    const count = main.heap + node.layout.heap.fullCollections;
    see((address, bytes, seen) => {
      if (address === count) bytes[0]!++;
      return seen;
    });
    expect(readIsolateVitals(node.memory, node.layout, main)).not.toHaveProperty('lastFull');
  },
);

test.each(nodes)('Node.js $version: an isolate has a number of its own, and a new one another', async ({ path }) => {
  const { program, session, node } = await start(path);
  const idsOf = () => findIsolates(node).map(({ id }) => id);
  const seen = new Set(idsOf());
  expect(seen.size).toBe(2);
  for (let round = 0; round < 2; round++) {
    const before = session.vitals().gc;
    await program.ask('end');
    expect(idsOf()).toHaveLength(1);
    await program.ask('worker 1 100');
    const fresh = idsOf().filter((id) => !seen.has(id));
    expect(fresh).toHaveLength(1);
    seen.add(fresh[0]!);
    // The two full collections of the new worker are counted, be it where the other one was or elsewhere.
    const [, major] = session.vitals().gc;
    expect(major!.collections).toBeGreaterThanOrEqual(before[1]!.collections + 2);
  }
});

// process.execve() is there from 23.11 on.
const withExec = nodes.filter((node) => Number(lineOf(node)) >= 24);

test.each(withExec)('Node.js $version: after an exec it is gone, also when a page was in swap before', async (node) => {
  const program =
    'process.stdin.once("data", () => process.execve("/bin/sleep", ["sleep", "60"])); console.log("ready")';
  const child = spawn(node.path, ['-e', program], { stdio: ['pipe', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  const process = refOf(child.pid!);
  const session = v8.open(process);
  onTestFinished(session.close);
  const attached = attach(process);
  attached.memory.close();
  const see = alterMemory();
  see(withoutPage(attached.image.symbols.get(platformSymbol)!));
  expect(() => session.vitals()).toThrow(busy);
  see(undefined);
  child.stdin.write('x');
  const gone = await until('the exec', 20_000, () => {
    try {
      session.vitals();
      return undefined;
    } catch (error) {
      return error;
    }
  });
  expect(gone).toMatchObject({ kind: 'gone' });
});
