import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { readListeningSockets, readOwnListeningSockets } from '../../src/linux/listening-sockets.ts';
import { askCensus } from '../../src/runtimes/v8/inspector/asked-census.ts';
import { withInspector } from '../../src/runtimes/v8/inspector/opened-inspector.ts';
import { heapwatch } from './heapwatch.ts';
import { Lines } from './lines.ts';
import { testNeeding } from './needs.ts';
import { allNodes, bun, oddNode } from './nodes.ts';
import { refOf } from './process-ref.ts';
import { byType, top } from './top.ts';
import { until } from './until.ts';

// The inspector, only after an opt-in; and who is not signalled.

const source = `
class Order { constructor(i) { this.i = i; } }
Object.defineProperty(Order.prototype, 'constructor', { get() { console.log('a trap ran'); } });
class Basket { constructor(i) { this.i = i; } }
globalThis.kept = [new Array(1000).fill(0).map((_, i) => new Basket(i)), new Order(1), Object.create(new Proxy({}, {
  getPrototypeOf() { console.log('a trap ran'); return null; },
  getOwnPropertyDescriptor() { console.log('a trap ran'); },
}))];
setInterval(() => console.log('tick'), 50);
console.log('ready');
`;

/** Starts a program of ES modules; `lines` are what it says on stdout, `complaints` on stderr. */
async function startNode(path: string, options: string[] = [], code = source, env: Record<string, string> = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'heapwatch-inspector-'));
  const file = join(folder, 'program.mjs');
  writeFileSync(file, code);
  const child = spawn(path, [...options, file], { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } });
  onTestFinished(() => {
    child.kill('SIGKILL');
    rmSync(folder, { recursive: true });
  });
  const lines = new Lines(child.stdout);
  const complaints = new Lines(child.stderr);
  await lines.next((line) => line === 'ready', 60_000, 'the program');
  return { child, lines, complaints, ref: refOf(child.pid!) };
}

type Started = Awaited<ReturnType<typeof startNode>>;

async function expectAlive({ child, lines }: Started): Promise<void> {
  const from = lines.seen.length;
  await until('it to go on', 10_000, () => lines.seen.length > from + 1);
  expect(child.signalCode).toBeNull();
  expect(lines.seen).not.toContain('a trap ran');
}

async function expectUnsupported(started: Started, reason: string): Promise<void> {
  const refusal = { kind: 'unsupported', message: expect.stringContaining(reason) };
  await expect(askCensus(started.ref)).rejects.toMatchObject(refusal);
}

/** The tests share the machine's port 9229, one after the other. */
const portIsFree = () => until('port 9229', 30_000, () => !ports().includes(9229));
const ports = () => readListeningSockets(refOf(process.pid)).map(({ port }) => port);
const oddTest = testNeeding('Node.js 25 (.ci/other-nodes)', existsSync(oddNode));

for (const { path, version } of [...allNodes.filter(({ version }) => !version.endsWith('.0.0'))]) {
  test(`Node.js ${version} that is asked counts its objects, closes its inspector and goes on`, async () => {
    const started = await startNode(path);
    await portIsFree();
    const { types } = await askCensus(started.ref);
    expect(types.find(({ type }) => type === 'Basket')?.count).toBe(1000);
    expect(readOwnListeningSockets(started.ref)).toEqual([]);
    await expectAlive(started);
  });
}

oddTest('`top` asks a Node.js that cannot be read only after the opt-in, as often as it is told to', async () => {
  const started = await startNode(oddNode);
  const refused = await heapwatch(['top', String(started.ref.pid)]);
  expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('is not supported') });
  expect(started.complaints.seen).toEqual([]);
  await portIsFree();
  const report = await top(started.ref.pid, '--nodejs.inspector=on-demand', '--growth', '100ms');
  expect(byType(report).get('Basket')).toEqual({ type: 'Basket', count: 1000, bytes: null });
  expect(report.growth?.some(({ type }) => type === 'Basket')).toBe(false);
  await expectAlive(started);
  expect(started.complaints.seen.filter((line) => line.startsWith('Debugger listening'))).toHaveLength(2);
});

oddTest('when port 9229 is taken nobody is signalled', async () => {
  await portIsFree();
  const server = createServer();
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => server.listen(9229, '127.0.0.1', resolve));
  const started = await startNode(oddNode);
  await expectUnsupported(started, 'port 9229 is taken');
  await expectAlive(started);
  expect(started.complaints.seen).toEqual([]);
});

oddTest("a program's own handler of SIGUSR1 runs, and no port is taken for an inspector", async () => {
  const own = `process.on('SIGUSR1', () => { console.log('mine'); import('node:net').then((n) => n.createServer((s) => s.end()).listen(0, '127.0.0.1')); });`;
  const started = await startNode(oddNode, [], own + source);
  await portIsFree();
  await expectUnsupported(started, 'opened no inspector at SIGUSR1');
  expect(started.lines.seen).toContain('mine');
  await expectAlive(started);
});

oddTest('--disable-sigusr1, and options of the inspector, are respected', async () => {
  const disabled = await startNode(oddNode, ['--disable-sigusr1']);
  await portIsFree();
  await expectUnsupported(disabled, 'no handler for SIGUSR1');
  await expectAlive(disabled);
  const told = await startNode(oddNode, ['--inspect-port=0.0.0.0:9230']);
  await expectUnsupported(told, 'an option of the inspector');
  const byEnvironment = await startNode(oddNode, [], source, { NODE_OPTIONS: '--inspect-port=9231' });
  await expectUnsupported(byEnvironment, 'an option of the inspector');
  await expectAlive(byEnvironment);
});

testNeeding('Bun (.ci/other-nodes)', existsSync(bun))('Bun is not signalled', async () => {
  const started = await startNode(bun);
  await expectUnsupported(started, 'its program is not node itself');
  await expectAlive(started);
});

test('what is no Node.js is not signalled', async () => {
  const sleep = spawn('sleep', ['60'], { stdio: 'ignore' });
  onTestFinished(() => void sleep.kill('SIGKILL'));
  await until('sleep', 10_000, () => readFileSync(`/proc/${sleep.pid}/comm`, 'utf8') === 'sleep\n');
  await expect(askCensus(refOf(sleep.pid!))).rejects.toMatchObject({ kind: 'gone' });
  await pause(50);
  expect(sleep.signalCode).toBeNull();
});

const unshared = spawnSync('unshare', ['--net', 'true']).status === 0;
testNeeding('a network namespace', unshared)('another network namespace is not reached into', async () => {
  const started = await startNode('unshare', ['--net', process.execPath]);
  await expectUnsupported(started, 'another network namespace');
  await expectAlive(started);
});

oddTest(
  'the inspector does not close while a connection is open, which would freeze the process until it ends',
  async () => {
    const started = await startNode(oddNode);
    await portIsFree();
    await withInspector(started.ref, async (node) => {
      await node.run('function () { this.closeIn(10); }');
      await expectAlive(started); // a heapwatch that is frozen keeps its connection too
      expect(readOwnListeningSockets(started.ref).map(({ port }) => port)).toEqual([9229]);
    });
    expect(readOwnListeningSockets(started.ref)).toEqual([]);
  },
);
