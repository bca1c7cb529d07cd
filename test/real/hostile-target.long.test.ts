import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { recordTree } from '../linux/recorded-tree.ts';
import { heapwatch, type Server, startServer } from './heapwatch.ts';
import { ask, incidentOf, incidentPace, known } from './incidents.ts';
import { anyInterpreter } from './interpreters.ts';
import { testNeeding } from './needs.ts';
import { asOwnService, ownService, watchOwnService } from './own-service.ts';
import { refOf } from './process-ref.ts';
import { startCommand, startProgramWith } from './program.ts';
import { programsFolder } from './readable.ts';
import { until } from './until.ts';

const python = anyInterpreter?.path ?? '/usr/bin/python3';
const DEADLINE_MS = 300_000;

async function metricsOf(server: Server): Promise<string> {
  return (await fetch(`${server.url}/metrics`, { signal: AbortSignal.timeout(60_000) })).text();
}

/** What would steer a terminal, or rearrange a page. */
function steering(text: string): string[] {
  return text.match(/(?![\n\t])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu) ?? [];
}

test(
  'names that are markup, metrics or commands of a terminal are text wherever they are shown',
  async () => {
    const { path } = recordTree({});
    const include = `--discovery.include=service=${ownService}*`;
    const settings = [`--storage.path=${path}/state`, '--log.watch', ...watchOwnService, include];
    const server = await startServer(settings, incidentPace);
    const service = `${ownService}\x1b[31m"}\n<b>\u202e\u009b`;
    const args = ['-c', 'exec "$0" "$1" 2>"$2"', python, `${programsFolder}hostile_names.py`, join(path, 'log')];
    const program = await startCommand({ OTEL_SERVICE_NAME: service }, '/bin/sh', args);
    const pid = await program.ask<number>('pid');
    await known(server, { pid });
    const texts = [
      await metricsOf(server),
      JSON.stringify(await ask(server, '/api/v1/targets')),
      JSON.stringify(await ask(server, `/api/v1/targets/${pid}-${refOf(pid).startTicks}`)),
      (await heapwatch(['top', String(pid)])).stdout,
      (await heapwatch(['doctor', String(pid)])).stdout,
    ];
    program.send('crash');
    await incidentOf(server, { pid });
    await server.stop();
    const folder = join(path, 'state/incidents');
    const kept = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'));
    expect(kept).toHaveLength(3);
    for (const text of [...texts, ...kept, server.logged()]) expect(steering(text), text).toEqual([]);
    expect(texts[0]).not.toMatch(/^heapwatch_target_up\{pid="1"\}/m);
    for (const text of kept.filter((html) => html.startsWith('<!'))) expect(text).not.toMatch(/<img|<b>/);
  },
  DEADLINE_MS,
);

test(
  'a process with 30 MB of mappings is refused, and holds nobody up for longer than reading them takes',
  async () => {
    const { path } = recordTree({});
    const program = await startProgramWith(asOwnService, python, 'many_mappings.py', path);
    const began = performance.now();
    const { length } = readFileSync(`/proc/${program.pid}/maps`);
    const readingMs = performance.now() - began;
    expect(length).toBeGreaterThan(20e6);
    const healthy = await startProgramWith(asOwnService, python, 'healthy.py');
    const server = await startServer(watchOwnService);
    let worstMs = 0;
    await until('the other one to be read', 120_000, async () => {
      const text = await metricsOf(server);
      const lag = Number(/^nodejs_eventloop_lag_max_seconds (\S+)$/m.exec(text)?.[1]);
      worstMs = Math.max(worstMs, lag * 1000);
      return text.includes(`pid="${healthy.pid}"`) && server.logged().includes('more text than those')
        ? text
        : undefined;
    });
    expect(worstMs).toBeLessThan(3 * readingMs + 300);
  },
  DEADLINE_MS,
);

testNeeding('gcc', spawnSync('gcc', ['--version']).status === 0)(
  'heaps that are written over with nonsense while they are read are refused in words, and leave nothing behind',
  async () => {
    const source = fileURLToPath(new URL('../fixtures/scribble.c', import.meta.url));
    const library = join(recordTree({}).path, 'scribble.so');
    execFileSync('gcc', ['-shared', '-fPIC', '-O1', '-o', library, source]);
    for (const [runtime, name] of [
      [python, 'scribbled.py'],
      [process.execPath, 'scribbled.cjs'],
    ] as const) {
      for (let copy = 0; copy < 2; copy++) await startProgramWith(asOwnService, runtime, name, library);
    }
    const server = await startServer(watchOwnService, { HEAPWATCH_TEST_PACE: '20' });
    for (let look = 0; look < 25; look++) {
      await pause(1000);
      for (const [line] of (await metricsOf(server)).matchAll(/^heapwatch_.* \S+$/gm)) {
        const value = Number(line.split(' ').at(-1));
        expect(Number.isFinite(value) && (value >= 0 || line.includes('growth')), line).toBe(true);
      }
    }
    expect(server.logged()).toMatch(/failed: /);
    expect(server.logged()).not.toContain('heapwatch itself failed');
    expect(server.logged()).not.toContain('level=error');
    expect(await server.stop()).toBe(0);
  },
);
