import { existsSync } from 'node:fs';
import { expect } from 'vitest';
import { cpython } from '../../src/runtimes/cpython/index.ts';
import { heapwatch, startServer } from './heapwatch.ts';
import { unreadPython } from './interpreters.ts';
import { testNeeding } from './needs.ts';
import { refOf } from './process-ref.ts';
import { startProgram } from './program.ts';
import { until } from './until.ts';

// Builds that are recognised, told by name what they are, and refused: .ci/other-pythons makes them.

const freeThreaded = unreadPython('python3.13t');
const musl = unreadPython('python3.13-musl');
const noAbort = () => new Int32Array(new SharedArrayBuffer(4));

testNeeding('a free-threaded CPython', existsSync(freeThreaded))(
  'a free-threaded CPython is refused by name, and what /proc says of it is exported',
  async () => {
    const program = await startProgram(freeThreaded, 'old_populations.py');
    const process = refOf(program.pid);
    expect(cpython.detect(process)?.version).toMatch(/^3\.13\.\d+$/);
    const refused = expect.objectContaining({
      kind: 'unsupported',
      message: expect.stringContaining('free-threaded build (python3.13t), which heapwatch does not read yet'),
    });
    expect(() => cpython.open(process)).toThrow(refused);
    expect(() => cpython.census(process, noAbort())).toThrow(refused);
    const { code, stderr } = await heapwatch(['top', String(program.pid)]);
    expect(code).toBe(1);
    expect(stderr).toContain('free-threaded build (python3.13t)');

    const metrics = await metricsOf(program.pid);
    expect(metrics.get('heapwatch_process_resident_memory_bytes')).toBeGreaterThan(5e6);
    expect(metrics.get('heapwatch_target_up')).toBe(0);
    expect([...metrics.keys()].filter((name) => /_heap_used|_objects|_gc_/.test(name))).toEqual([]);
  },
);

testNeeding('a CPython with musl', existsSync(musl))(
  'of a CPython with musl the collector is read exactly, and its census is refused by name',
  async () => {
    const program = await startProgram(musl, 'surviving.py');
    const process = refOf(program.pid);
    const session = cpython.open(process);
    const fullCollections = () => session.vitals().gc.find((one) => one.full)!.collections;
    const before = fullCollections();
    const inUse = await program.ask<number>('collect');
    expect(fullCollections()).toBe(before + 1);
    expect(Math.abs(session.vitals().survivingObjects! - inUse)).toBeLessThan(100);
    session.close();
    expect(() => cpython.census(process, noAbort())).toThrow(
      expect.objectContaining({ kind: 'unsupported', message: expect.stringContaining('musl (Alpine Linux)') }),
    );

    const metrics = await metricsOf(program.pid);
    expect(metrics.get('heapwatch_process_resident_memory_bytes')).toBeGreaterThan(3e6);
    expect(metrics.get('heapwatch_gc_collections_total')).toBeGreaterThan(0);
    expect(metrics.has('heapwatch_objects')).toBe(false);
  },
);

/** The last sample of each of a target's metrics, once it is watched. */
async function metricsOf(pid: number): Promise<Map<string, number>> {
  const server = await startServer(['--discovery.min-age=0s']);
  return until('its metrics', 20_000, async () => {
    const text = await (await fetch(`${server.url}/metrics`)).text();
    const lines = text.split('\n').filter((line) => line.includes(`pid="${pid}"`));
    if (!lines.some((line) => line.startsWith('heapwatch_process_resident'))) return undefined;
    return new Map(lines.map((line) => [line.slice(0, line.indexOf('{')), Number(line.split(' ').at(-1))]));
  });
}
