import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, expect, test } from 'vitest';
import { moduleUrl } from '../../module/watched.ts';
import { nodes } from '../../real/nodes.ts';
import { type Program, startProgram } from '../../real/program.ts';
import { median } from '../median.ts';
import { load } from './load.ts';

// `npm run bench`: what the module costs a service, against the same service without it, and that against a second one
// without it: the noise. In turns, as the machine's speed drifts; the order within a turn alternates. Throughput is what
// users see, but all else on the machine shows in it; CPU time per request, of all threads, is much quieter. The watched
// service is scraped in every fourth of its windows, and counts its objects as often as it always does.

const turns = Number(process.env.BENCH_TURNS ?? 80);
const windowMs = 500;
const node = nodes.find(({ version }) => version.startsWith('22.')) ?? nodes.at(-1)!;
const rows = [
  '| route | requests/s | loss, upper 95 % bound | noise of that | CPU per request | growth, upper 95 % bound | noise of that | RSS it adds |',
  '| --- | --- | --- | --- | --- | --- | --- | --- |',
];

const kinds = ['plain', 'control', 'watched'] as const;
type Kind = (typeof kinds)[number];

interface Service {
  readonly program: Program;
  readonly port: number;
  /** One value for each window. */
  readonly perSecond: number[];
  readonly cpuMicroseconds: number[];
}

test.each(['/hello', '/allocate'])(
  'what the module costs %s',
  async (path) => {
    const services = {} as Record<Kind, Service>;
    for (const kind of kinds) {
      const program = await startProgram(node.path, 'hello_service.mjs', moduleUrl, kind);
      services[kind] = { program, port: await program.ask<number>('port'), perSecond: [], cpuMicroseconds: [] };
      await load(services[kind].port, path, 3000);
    }
    for (let turn = 0; turn < turns; turn++) {
      for (const kind of turn % 2 === 0 ? kinds : kinds.toReversed()) await measure(services[kind], path, turn);
    }
    const { plain, control, watched } = services;
    const loss = (other: Service) => meanChange(other.perSecond, plain.perSecond);
    const growth = (other: Service) => meanChange(plain.cpuMicroseconds, other.cpuMicroseconds);
    const rss = async ({ program }: Service) => (await program.ask<number>('rss')) / 2 ** 20;
    const added = (await rss(watched)) - ((await rss(plain)) + (await rss(control))) / 2;
    const cells = [
      path,
      median(plain.perSecond).toFixed(0),
      loss(watched),
      loss(control),
      `${median(plain.cpuMicroseconds).toFixed(0)} us`,
      growth(watched),
      growth(control),
      `${added.toFixed(0)} MiB`,
    ];
    rows.push(`| ${cells.join(' | ')} |`);
    expect(watched.perSecond).toHaveLength(turns);
  },
  900_000,
);

afterAll(() => console.log(`Node.js ${node.version}, ${turns} turns of ${windowMs} ms each\n\n${rows.join('\n')}`));

async function measure({ program, port, perSecond, cpuMicroseconds }: Service, path: string, turn: number) {
  const before = cpuSeconds(program.pid);
  const scrape = turn % 4 === 0 ? fetch(`http://127.0.0.1:${port}/metrics`) : undefined;
  const { requests, seconds } = await load(port, path, windowMs);
  await (await scrape)?.text();
  perSecond.push(requests / seconds);
  cpuMicroseconds.push(((cpuSeconds(program.pid) - before) * 1e6) / requests);
}

/** Of all threads that there are, to the nanosecond: the first field of schedstat. One that ended takes its time along. */
function cpuSeconds(pid: number): number {
  const nanoseconds = readdirSync(`/proc/${pid}/task`).map((thread) => {
    try {
      return Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ', 1)[0]);
    } catch {
      return 0; // a census worker that has just ended
    }
  });
  return nanoseconds.reduce((sum, value) => sum + value, 0) / 1e9;
}

/** By how much `to` is more than `from` in pairs of windows: the mean, and the 95th percentile of means of resampled pairs. */
function meanChange(to: readonly number[], from: readonly number[]): string {
  const changes = from.map((value, index) => value / to[index]! - 1);
  const means = Array.from({ length: 5000 }, () =>
    mean(changes.map(() => changes[Math.floor(Math.random() * changes.length)]!)),
  );
  const upper = means.sort((a, b) => a - b)[Math.floor(means.length * 0.95)]!;
  return `${percent(mean(changes))}, ${percent(upper)}`;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
