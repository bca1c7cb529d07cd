import { expect, test } from 'vitest';
import { heapwatch } from './heapwatch.ts';
import { interpreters } from './interpreters.ts';
import { startProgram } from './program.ts';
import { byType, top } from './top.ts';

// The oldest and the newest: arenas and collectors of both generations of obmalloc.
const ends = [...new Set([interpreters[0], interpreters.at(-1)])].filter((one) => one !== undefined);

for (const { path, version } of ends) {
  test(`tuples that pile up between threads of CPython ${version} are first in top --growth 10s`, async () => {
    const program = await startProgram(path, 'queue_overflow.py');
    const before = await program.ask<number>('size');
    const report = await top(program.pid, '--growth', '10s');
    const after = await program.ask<number>('size');
    const [first, ...others] = report.growth ?? [];
    expect(first?.type).toBe('tuple');
    expect(first?.count_delta).toBeGreaterThan(20_000);
    expect(first?.count_delta).toBeLessThan(after - before + 100);
    // What the collector does not track, and objgraph cannot see.
    expect(others.map((row) => row.type)).toEqual(expect.arrayContaining(['str', 'float']));
    expect(byType(report).get('str')?.tracked ?? 0).toBe(0);
    expect(byType(report).get('float')?.count).toBeGreaterThan(20_000);
  });
}

test('the table of a growing queue has tuple in its first row', async () => {
  const { path } = ends[0] ?? expect.fail('no CPython on this machine');
  const program = await startProgram(path, 'queue_overflow.py');
  const run = await heapwatch(['top', String(program.pid), '--growth', '2s', '--limit', '5']);
  const [head, heading, first] = run.stdout.split('\n');
  expect(head).toContain(`pid ${program.pid}`);
  expect(heading).toMatch(/^type +growth +bytes growth +count +tracked +bytes$/);
  expect(first).toMatch(/^tuple +\+\d+ +\+\d+ +\d+ +\d+ +\d+$/);
});
