import { expect, test } from 'vitest';
import { interpreters, oldInterpreters } from './interpreters.ts';
import { testNeeding } from './needs.ts';
import { startProgram } from './program.ts';
import { byType, top } from './top.ts';

interface Truth {
  /** By gc.get_objects(). */
  readonly tracked: Record<string, number>;
  /** Own types: as many as were constructed. */
  readonly exact: Record<string, number>;
  readonly at_least: Record<string, number>;
  readonly bytes_at_least: Record<string, number>;
}

/**
 * Where our count and gc.get_objects() differ for a known reason, by minor version: how many more we see.
 * 3.12 keeps the tuples of its frozen start-up modules in the permanent generation, which gc.get_objects() leaves out.
 */
const knownDifferences: Record<number, Record<string, number>> = { 12: { tuple: 375 } };

/** A freed block whose first word happens to look like a reference count. */
const mostStaleBlocks = 1;

for (const minor of [7, 8, 9, 10, 11, 12, 13, 14, 15]) {
  const there = interpreters.filter((one) => one.version.startsWith(`3.${minor}.`));
  if (there.length === 0)
    testNeeding(`CPython 3.${minor}`, false)(`populations of CPython 3.${minor}`, () => undefined);
  for (const interpreter of there) {
    test(`counts known populations of CPython ${interpreter.version} at ${interpreter.path}`, async () => {
      const program = await startProgram(interpreter.path, 'populations.py');
      await program.ask('truth'); // what a first answer leaves behind (caches, free lists) is there from now on
      const report = await top(program.pid);
      const truth = await program.ask<Truth>('truth');
      const found = byType(report);

      expect(report).toMatchObject({ pid: program.pid, runtime: 'cpython' });
      expect(report.version).toBe(interpreter.version);
      const exact = Object.keys(truth.exact).map((type) => [type, found.get(type)?.count]);
      expect(Object.fromEntries(exact)).toEqual(truth.exact);
      expect(differences(truth.tracked, found, knownDifferences[minor] ?? {})).toEqual([]);
      for (const [type, least] of Object.entries(truth.at_least)) {
        expect(found.get(type)?.count, type).toBeGreaterThanOrEqual(least);
      }
      for (const [type, least] of Object.entries(truth.bytes_at_least)) {
        expect(found.get(type)?.bytes, type).toBeGreaterThanOrEqual(least);
        expect(found.get(type)?.bytes, type).toBeLessThan(least * 1.5);
      }
      expect(report.types.length).toBeGreaterThan(20);
      expect(report.objects).toBeGreaterThan(100_000);
      expect(report.quality.skipped_ratio).toBeLessThan(0.01);
      expect(report.objects).toBe(report.types.reduce((sum, row) => sum + row.count, 0));
      expect(report.bytes).toBe(report.types.reduce((sum, row) => sum + row.bytes, 0));
    });
  }
}

test.each(oldInterpreters)('counts known populations of CPython $version at $path', async ({ path, version }) => {
  const program = await startProgram(path, 'old_populations.py');
  await program.ask('truth');
  const report = await top(program.pid);
  const truth = await program.ask<Truth>('truth');
  const found = byType(report);

  expect(report.version).toBe(version);
  const exact = Object.keys(truth.exact).map((type) => [type, found.get(type)?.count]);
  expect(Object.fromEntries(exact)).toEqual(truth.exact);
  expect(differences(truth.tracked, found, {})).toEqual([]);
  expect(report.quality.skipped_ratio).toBe(0);
});

/** The types whose tracked count is not what gc.get_objects() says, in words. */
function differences(
  tracked: Record<string, number>,
  found: ReturnType<typeof byType>,
  known: Record<string, number>,
): string[] {
  const types = new Set([
    ...Object.keys(tracked),
    ...[...found.values()].filter((row) => row.tracked).map((r) => r.type),
  ]);
  return [...types].flatMap((type) => {
    const [ours, theirs] = [found.get(type)?.tracked ?? 0, (tracked[type] ?? 0) + (known[type] ?? 0)];
    const within = ours >= theirs && ours <= theirs + mostStaleBlocks;
    return within ? [] : [`${type}: ${ours} found, gc.get_objects() has ${theirs}`];
  });
}
