import { expect, test } from 'vitest';
import { runtimes } from '../../src/runtimes/index.ts';
import { interpreters, oldInterpreters } from './interpreters.ts';
import { startJava } from './java-program.ts';
import { jdks } from './jdks.ts';
import { allNodes } from './nodes.ts';
import { refOf } from './process-ref.ts';
import { startProgram } from './program.ts';

// The contract of runtimes/runtime.ts, against every runtime and version on this machine.

const subjects = [
  ...[...oldInterpreters, ...interpreters].map(({ path, version }) => ({
    runtime: 'cpython',
    version,
    path,
    start: () => startProgram(path, 'old_populations.py'),
    mainSpace: 'arenas',
    // Before a census the large objects are not known, and so no sum is.
    sums: [],
  })),
  ...allNodes.map(({ path, version }) => ({
    runtime: 'nodejs',
    version,
    path,
    start: () => startProgram(path, 'v8-vitals.mjs'),
    mainSpace: 'old',
    sums: ['usedBytes', 'committedBytes', 'limitBytes'],
  })),
  ...jdks.map((jdk) => ({
    runtime: 'jvm',
    version: jdk.version,
    path: jdk.java,
    start: async () => {
      const program = await startJava(jdk, ['-XX:+UseG1GC', '-Xmx256m'], 'JvmVitals');
      // G1 tells of a region of new objects only when it is full: they shall be few.
      for (const command of ['keep 20', 'collect']) await program.ask(command);
      return program;
    },
    mainSpace: 'old',
    sums: ['usedBytes', 'committedBytes', 'limitBytes', 'initialBytes'],
  })),
];

const noAbort = () => new Int32Array(new SharedArrayBuffer(4));

test.each(subjects)('$runtime $version at $path keeps the contract', async (subject) => {
  const { runtime: name, version, start, mainSpace, sums } = subject;
  const runtime = runtimes.find((one) => one.name === name)!;
  const program = await start();
  const process = refOf(program.pid);

  const detection = runtime.detect(process)!;
  expect(detection.runtime).toBe(name);
  expect(runtime.readVersion?.(process, detection.version) ?? detection.version).toBe(version);

  const session = runtime.open(process);
  const first = session.vitals();
  expect(Object.keys(first)).toEqual(expect.arrayContaining(sums));
  for (const sum of ['usedBytes', 'committedBytes']) expect(sum in first).toBe(sums.includes(sum));
  expect(first.spaceUsedBytes[mainSpace]).toBeGreaterThan(100_000);
  // CPython 2.7 counts no collections.
  if (first.gc.length > 0) expect(first.gc.filter((one) => one.full)).toHaveLength(1);
  else expect(version).toMatch(/^2\.7\./);

  const census = runtime.census(process, noAbort());
  expect(census.objects).toBe(census.types.reduce((sum, row) => sum + row.count, 0));
  expect(census.bytes).toBe(census.types.reduce((sum, row) => sum + row.bytes, 0));
  expect(census.quality.skippedRatio).toBeLessThan(0.001);
  expect(census.quality.scannedBytes).toBeGreaterThan(census.bytes / 2);
  const counts = census.types.map((row) => row.count);
  expect(counts).toEqual(counts.toSorted((a, b) => b - a));
  expect(new Set(census.types.map((row) => row.type)).size).toBe(census.types.length);
  const afterCensus = session.vitals(census);
  expect(afterCensus.spaceUsedBytes).toMatchObject(census.spaceUsedBytes);
  expect(afterCensus.usedBytes).toBeGreaterThanOrEqual(census.bytes * 0.9);
  expect(afterCensus.committedBytes).toBeGreaterThanOrEqual(afterCensus.usedBytes!);

  const stop = noAbort();
  stop[0] = 1;
  expect(() => runtime.census(process, stop)).toThrow(expect.objectContaining({ kind: 'busy' }));

  await program.end();
  const gone = expect.objectContaining({ kind: 'gone' });
  expect(() => session.vitals()).toThrow(gone);
  expect(() => runtime.census(process, noAbort())).toThrow(gone);
  expect(() => runtime.open(process)).toThrow(gone);
  expect(() => runtime.detect(process)).toThrow(gone);
  session.close();
  session.close();
});

test('a pid that belongs to another process by now is gone, not someone else', async () => {
  const subject = subjects[0];
  if (subject === undefined) return;
  const program = await subject.start();
  const reused = { ...refOf(program.pid), startTicks: 1 };
  for (const runtime of runtimes.filter((one) => one.name === subject.runtime)) {
    expect(() => runtime.open(reused)).toThrow(expect.objectContaining({ kind: 'gone' }));
    expect(() => runtime.census(reused, noAbort())).toThrow(expect.objectContaining({ kind: 'gone' }));
  }
});
