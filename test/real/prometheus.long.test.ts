import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'vitest';
import { startServer } from './heapwatch.ts';
import { interpreters } from './interpreters.ts';
import { testNeeding } from './needs.ts';
import { type Program, startProgram } from './program.ts';
import { isInstalled, startPrometheus } from './prometheus.ts';

testNeeding('prometheus', isInstalled('prometheus'))(
  'every scrape of a minute succeeds, with every CPython of this machine watched',
  async () => {
    const programs: Program[] = [];
    for (const { path } of interpreters) programs.push(await startProgram(path, 'leak.py', '200'));
    const server = await startServer(['--discovery.min-age=1s']);
    const prometheus = await startPrometheus(server.url);
    await pause(75_000); // what is asked for is a minute of scrapes
    expect((await prometheus.query('min_over_time(up[60s])'))[0]?.value[1]).toBe('1');
    expect(Number((await prometheus.query('count_over_time(up[60s])'))[0]?.value[1])).toBeGreaterThanOrEqual(58);
    for (const { pid } of programs) {
      const selector = `{pid="${pid}",type="__main__.Order"}`;
      expect(await prometheus.query(`heapwatch_objects${selector}`), `pid ${pid}`).toHaveLength(1);
      // Censuses go on: the leak is seen to grow.
      expect(Number((await prometheus.query(`delta(heapwatch_objects${selector}[60s])`))[0]?.value[1])).toBeGreaterThan(
        0,
      );
    }
  },
);
