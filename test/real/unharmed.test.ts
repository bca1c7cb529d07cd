import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { interpreters } from './interpreters.ts';
import { nodes, withFlags } from './nodes.ts';
import { startProgram } from './program.ts';
import { stop } from './stopped.ts';
import { top } from './top.ts';

for (const { path, version } of interpreters) {
  test(`a census leaves the memory of CPython ${version} at ${path} as it was`, async () => {
    const program = await startProgram(path, 'populations.py');
    await program.ask('truth');
    const before = memoryOf(program.pid);
    expect(before.VmRSS).toMatch(/kB$/);
    await top(program.pid);
    expect(memoryOf(program.pid)).toEqual(before);
  });
}

// Nothing in a stopped process changes its memory: what is different then, a census has done.
test.each(nodes)('a census leaves the memory of a stopped Node.js $version as it was', async ({ path }) => {
  const program = await startProgram(withFlags(path, '--expose-gc'), 'v8-populations.mjs', '2000');
  await program.ask('gc');
  await stop(program.pid);
  const before = memoryOf(program.pid);
  expect(before.VmRSS).toMatch(/kB$/);
  await top(program.pid);
  expect(memoryOf(program.pid)).toEqual(before);
});

/** Sizes and page tables of /proc/<pid>/status, the fault counters of stat, and every mapping's Rss and Swap. */
function memoryOf(pid: number): Record<string, string> {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const sizes = Object.fromEntries(
    ['VmSize', 'VmRSS', 'RssAnon', 'RssShmem', 'VmPTE', 'VmSwap'].map((name) => [
      name,
      new RegExp(`^${name}:\\s+(.*)$`, 'm').exec(status)?.[1] ?? '',
    ]),
  );
  const smaps = readFileSync(`/proc/${pid}/smaps`, 'utf8');
  const mappings = [...smaps.matchAll(/^([0-9a-f]+-[0-9a-f]+ .*)$|^(Rss|Anonymous|Swap):\s+(.*)$/gm)];
  return { ...sizes, mappings: mappings.map((match) => match[0]).join('\n') };
}
