import { execFile, execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import type { TargetSnapshot } from '../../src/model/snapshot.ts';
import { testNeeding } from '../real/needs.ts';
import { startProgram } from '../real/program.ts';
import { isInstalled } from '../real/prometheus.ts';
import { programsFolder, readableDist } from '../real/readable.ts';
import { until } from '../real/until.ts';
import { commonJsPath, moduleUrl, oldestNode, ownNodes } from './watched.ts';

const run = promisify(execFile);

/** Runs a program to its end, which has to come by itself. */
async function runProgram(node: string, name: string, ...options: readonly string[]) {
  const { stdout, stderr } = await run(node, [programsFolder + name, ...options], { timeout: 30_000 });
  return { stdout, stderr };
}

test.each(ownNodes)('nothing keeps a process alive that watches itself, on Node.js $version', async ({ path }) => {
  const told = await runProgram(path, 'watched_briefly.mjs', moduleUrl, 'by-itself');
  expect(told).toEqual({ stdout: '200000 true\n', stderr: '' });
});

test.each(['close', 'exit'])('%s() while objects are counted ends at once and in silence', async (end) => {
  const told = await runProgram(process.execPath, 'watched_briefly.mjs', moduleUrl, end);
  expect(told).toEqual({ stdout: '200000 true\n', stderr: '' });
});

test('closing leaves no timer, observer, thread or metric behind', async () => {
  const service = await startProgram(process.execPath, 'watched.mjs', moduleUrl);
  const before = await service.ask<string[]>('resources');
  const { metrics, resources } = await service.ask<{ metrics: number; resources: string[] }>('close');
  expect(metrics).toBe(0);
  expect(resources).not.toContain('MessagePort');
  expect(resources).not.toContain('Timeout');
  expect(resources.length).toBeLessThanOrEqual(before.length);
});

test.each([oldestNode, ...ownNodes])('the module can be required, on Node.js $version', async ({ path, version }) => {
  const { stdout } = await runProgram(path, 'watched.cjs', commonJsPath);
  expect(JSON.parse(stdout)).toEqual({ up: true, version, plugin: 'function' });
});

test('in a worker thread it is the heap of that thread, and the process is not counted from there', async () => {
  const { stdout } = await runProgram(process.execPath, 'watched_thread.mjs', moduleUrl);
  const told = JSON.parse(stdout);
  expect(told.usedBytes).toBeLessThan(told.mainUsedBytes / 2);
  expect(told.censusIntervalSeconds, 'as none is planned').toBe(0);
});

test('workers of a cluster keep their series apart by pid when the primary adds them up', async () => {
  const { stdout } = await runProgram(process.execPath, 'watched_cluster.mjs', moduleUrl);
  const { pids, page } = JSON.parse(stdout) as { pids: number[]; page: string };
  const found = [...page.matchAll(/^heapwatch_heap_limit_bytes\{pid="(\d+)",runtime="nodejs"\} \d+$/gm)];
  expect(found.map(([, pid]) => Number(pid)).sort()).toEqual(pids.sort());
});

const asRoot = process.getuid?.() === 0;
testNeeding('root with a C compiler, for a process with closed memory,', asRoot && isInstalled('gcc'))(
  'where our own memory is closed to us, all but the census is told, and why not is said once',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'heapwatch-closed-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    chmodSync(folder, 0o755);
    const library = join(folder, 'undumpable.so');
    execFileSync('gcc', [
      '-shared',
      '-fPIC',
      '-o',
      library,
      fileURLToPath(new URL('../fixtures/undumpable.c', import.meta.url)),
    ]);
    const asNobody = join(folder, 'node');
    const command = `setpriv --reuid 65534 --regid 65534 --clear-groups env LD_PRELOAD=${library} ${process.execPath}`;
    writeFileSync(asNobody, `#!/bin/sh\nexec ${command} "$@"\n`, { mode: 0o755 });
    const service = await startProgram(asNobody, 'watched.mjs', readableDist('index.js').href);
    const snapshot = await until('a census to be refused', 20_000, async () => {
      const told = await service.ask<TargetSnapshot>('snapshot');
      return told.censusFailure && told;
    });
    expect(snapshot).toMatchObject({ up: true, censusFailure: { kind: 'denied' } });
    expect(snapshot.vitals!.heap!.usedBytes).toBeGreaterThan(1e6);
    expect(await service.ask('warnings')).toEqual([expect.stringContaining('census of process')]);
  },
);
