import { existsSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { recordTree } from '../linux/recorded-tree.ts';
import { type Server, startServer } from './heapwatch.ts';
import { ask } from './incidents.ts';
import { anyInterpreter } from './interpreters.ts';
import { asOwnService, ownService, watchOwnService } from './own-service.ts';
import { refOf } from './process-ref.ts';
import { startCommand, startProgramWith } from './program.ts';
import { programsFolder } from './readable.ts';

// Watches long, at a pace of 20: an hour in 3 minutes. HEAPWATCH_SOAK_MINUTES=120 is a watch of 40 hours. Whether
// heapwatch itself leaks is judged by another heapwatch.

const minutes = Number(process.env.HEAPWATCH_SOAK_MINUTES ?? 4);
const pace = { HEAPWATCH_TEST_PACE: '20' };
const SAMPLE_MS = 5000;
/** Processes come and go, one each time. */
const VISITOR_MS = 10_000;
const python = anyInterpreter?.path ?? '/usr/bin/python3';

interface Sample {
  readonly residentMib: number;
  readonly openFds: number;
  readonly loopP99Ms: number;
}

async function sample(server: Server): Promise<Sample & { readonly censuses: number }> {
  const text = await (await fetch(`${server.url}/metrics`, { signal: AbortSignal.timeout(60_000) })).text();
  const own = (name: string) => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1]);
  const censuses = [...text.matchAll(/^heapwatch_census_total\{.*result="ok".* (\d+)$/gm)];
  return {
    residentMib: own('process_resident_memory_bytes') / 2 ** 20,
    openFds: own('process_open_fds'),
    loopP99Ms: 1000 * own('nodejs_eventloop_lag_p99_seconds'),
    censuses: censuses.reduce((sum, [, count]) => sum + Number(count), 0),
  };
}

const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[values.length >> 1]!;

test(
  `for ${minutes} minutes at a pace of 20 heapwatch stays as it is: healthy by its own judgement, memory and descriptors flat`,
  async () => {
    const service = `${ownService}-watched`;
    for (const name of ['healthy.py', 'leak.py']) await startProgramWith(asOwnService, python, name, '200');
    await startProgramWith(asOwnService, python, 'crowd.py', '500000');
    const leak = () =>
      startCommand(asOwnService, process.execPath, [
        '--max-old-space-size=400',
        `${programsFolder}v8-leak.mjs`,
        'sessions',
      ]);
    let leaking = await leak();
    const folder = recordTree({}).path;
    const settings = [`--storage.path=${folder}/state`, `--record.dir=${folder}/records`, '--log.level=warn'];
    const watched = await startServer([...watchOwnService, ...settings], { ...pace, OTEL_SERVICE_NAME: service });
    const judge = await startServer(
      ['--discovery.min-age=0s', `--discovery.include=service=${service}`, '--log.level=warn'],
      pace,
    );
    const samples: Sample[] = [];
    let censuses = 0;
    const end = Date.now() + minutes * 60_000;
    let visitor = await startProgramWith(asOwnService, python, 'healthy.py');
    for (let visitAt = Date.now(); Date.now() < end; ) {
      await pause(SAMPLE_MS);
      const { censuses: counted, ...figures } = await sample(watched);
      samples.push(figures);
      censuses = Math.max(censuses, counted);
      if (Date.now() < visitAt + VISITOR_MS) continue;
      visitAt = Date.now();
      await visitor.end();
      visitor = await startProgramWith(asOwnService, python, 'healthy.py');
      if (!existsSync(`/proc/${leaking.pid}`)) leaking = await leak(); // as what runs services does
    }

    const quarter = Math.floor(samples.length / 4);
    const [early, late] = [samples.slice(quarter, 2 * quarter), samples.slice(-quarter)];
    const of = (part: readonly Sample[], what: keyof Sample) => median(part.map((one) => one[what]));
    const loop = of(samples, 'loopP99Ms');
    const { assessment } = await ask<{ assessment?: { verdict: string } }>(
      judge,
      `/api/v1/targets/${watched.pid}-${refOf(watched.pid).startTicks}`,
    );
    process.stdout.write(
      `soak of ${minutes} min: ${assessment?.verdict}; memory ${of(early, 'residentMib').toFixed(0)}, then ` +
        `${of(late, 'residentMib').toFixed(0)} MiB; descriptors ${of(early, 'openFds')}, then ${of(late, 'openFds')}; ` +
        `${censuses} censuses of those that stay; event loop p99 ${loop.toFixed(0)} ms, at worst ` +
        `${Math.max(...samples.map(({ loopP99Ms }) => loopP99Ms)).toFixed(0)} ms in ${SAMPLE_MS / 1000} s\n`,
    );
    expect(assessment?.verdict).toBe('healthy');
    expect(of(late, 'residentMib')).toBeLessThan(1.15 * of(early, 'residentMib') + 5);
    expect(of(late, 'openFds')).toBeLessThanOrEqual(of(early, 'openFds') + 2);
    expect(censuses).toBeGreaterThan(10);
    expect(loop).toBeLessThan(50);
  },
  (minutes + 5) * 60_000,
);
