import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { recordTree } from '../linux/recorded-tree.ts';
import { canMakeContainers, containerProgram, makeMemoryCgroup } from './container.ts';
import { type Server, startServer } from './heapwatch.ts';
import { anyInterpreter } from './interpreters.ts';
import { testNeeding } from './needs.ts';
import { asOwnService, ownService, watchOwnService } from './own-service.ts';
import { refOf } from './process-ref.ts';
import { startProgramWith } from './program.ts';
import { until } from './until.ts';

const MIB = 1024 * 1024;
const python = anyInterpreter?.path ?? '/usr/bin/python3';

interface Reading {
  readonly at_seconds: number;
  readonly resident_bytes: number;
}
interface Census {
  readonly at_seconds: number;
  readonly types: readonly { readonly type: string; readonly count: number }[];
}

/** Rounds of 0.25 s, a census every 1.5 s, a save every 3 s. */
const startPaced = (storagePath: string) =>
  startServer([...watchOwnService, `--storage.path=${storagePath}`], { HEAPWATCH_TEST_PACE: '20' });

async function get(server: Server, path: string): Promise<string> {
  return (await fetch(`${server.url}${path}`, { signal: AbortSignal.timeout(10_000) })).text();
}

async function historyOf(server: Server, pid: number): Promise<{ readings: Reading[]; censuses: Census[] }> {
  return until('a history', 20_000, async () => {
    const target = JSON.parse(await get(server, `/api/v1/targets/${pid}-${refOf(pid).startTicks}`));
    return target.history?.censuses.length > 0 ? target.history : undefined;
  });
}

const times = (items: readonly { readonly at_seconds: number }[]) => items.map(({ at_seconds }) => at_seconds);

for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
  test(`the history of a target survives a restart after ${signal}`, async () => {
    const storagePath = join(recordTree({}).path, 'state');
    const program = await startProgramWith(asOwnService, python, 'healthy.py');
    const first = await startPaced(storagePath);
    const before = await until('some history', 20_000, async () => {
      const history = await historyOf(first, program.pid);
      return history.readings.length >= 8 && history.censuses.length >= 2 ? history : undefined;
    });
    if (signal === 'SIGKILL') {
      const saved = [`[${times(before.readings).at(-1)},`, `"atSeconds":${times(before.censuses).at(-1)},`];
      const file = join(storagePath, 'history.jsonl');
      const isSaved = (text: string) => saved.every((part) => text.includes(part));
      await until('a save', 20_000, () => existsSync(file) && isSaved(readFileSync(file, 'utf8')));
    }
    await first.stop(signal);

    const second = await startPaced(storagePath);
    const after = await historyOf(second, program.pid);
    expect(after.readings.slice(0, before.readings.length)).toEqual(before.readings);
    expect(times(after.censuses).slice(0, before.censuses.length)).toEqual(times(before.censuses));
    expect(after.censuses[0]?.types.find(({ type }) => type === '__main__.Order')?.count).toBeGreaterThanOrEqual(
      10_000,
    );
  });
}

testNeeding('root with a memory cgroup of version 1', canMakeContainers)(
  'deaths survive a restart, also one without a warning right after the death',
  async () => {
    const storagePath = join(recordTree({}).path, 'state');
    const first = await startPaced(storagePath);
    const container = containerProgram(makeMemoryCgroup(60 * MIB), { runs: python });
    await startProgramWith(asOwnService, container, 'leak.py', '30000');
    const died = new RegExp(`^heapwatch_oom_kills_total\\{.*"${ownService}".* 1$`, 'm');
    await until('the death', 40_000, async () => died.test(await get(first, '/metrics')) || undefined);
    await until('its save', 2_000, () =>
      readFileSync(join(storagePath, 'deaths.jsonl'), 'utf8').includes('"oomKills":1'),
    );
    await first.stop('SIGKILL');
    const second = await startPaced(storagePath);
    await until('the death, again', 10_000, async () => died.test(await get(second, '/metrics')) || undefined);
  },
);

testNeeding('root', process.getuid?.() === 0)('a full disk and a damaged file stop nothing, and are told', async () => {
  const storagePath = recordTree({}).path;
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=4k', 'tmpfs', storagePath]);
  expect(mounted.status, String(mounted.stderr)).toBe(0);
  onTestFinished(() => void spawnSync('umount', ['--lazy', storagePath]));
  writeFileSync(join(storagePath, 'history.jsonl'), 'x'.repeat(4096));
  const program = await startProgramWith(asOwnService, python, 'healthy.py');
  const server = await startPaced(storagePath);
  const errors = /^heapwatch_collector_errors_total\{.*collector="storage".* ([0-9]+)$/m;
  // One for the file that was set aside, and then one for each save.
  await until(
    'failed saves',
    20_000,
    async () => Number(errors.exec(await get(server, '/metrics'))?.[1]) >= 3 || undefined,
  );
  expect((await historyOf(server, program.pid)).readings.length).toBeGreaterThan(1);
  expect(await server.stop()).toBe(0);
});
