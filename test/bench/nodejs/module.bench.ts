import { afterAll, expect, test } from 'vitest';
import { moduleUrl } from '../../module/watched.ts';
import { nodes } from '../../real/nodes.ts';
import { type Program, startProgram } from '../../real/program.ts';
import { type Load, load } from './load.ts';

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

interface Window extends Load {
  readonly cpuMicroseconds: number;
}

interface Service {
  readonly program: Program;
  readonly port: number;
  readonly windows: Window[];
}

test.each(['/hello', '/allocate'])(
  'what the module costs %s',
  async (path) => {
    const services = {} as Record<Kind, Service>;
    for (const kind of kinds) {
      const program = await startProgram(node.path, 'hello_service.mjs', moduleUrl, kind);
      services[kind] = { program, port: await program.ask<number>('port'), windows: [] };
      await load(services[kind].port, path, 3000);
    }
    for (let turn = 0; turn < turns; turn++) {
      for (const kind of turn % 2 === 0 ? kinds : kinds.toReversed()) await measure(services[kind], path, turn);
    }
    const { plain, control, watched } = services;
    const loss = (other: Service) => bounded(plain, other, (before, after) => 1 - perSecond(after) / perSecond(before));
    const growth = (other: Service) =>
      bounded(plain, other, (before, after) => cpuPerRequest(after) / cpuPerRequest(before) - 1);
    const rss = async ({ program }: Service) => (await program.ask<number>('rss')) / 2 ** 20;
    const added = (await rss(watched)) - ((await rss(plain)) + (await rss(control))) / 2;
    const cells = [
      path,
      perSecond(plain.windows).toFixed(0),
      loss(watched),
      loss(control),
      `${cpuPerRequest(plain.windows).toFixed(0)} us`,
      growth(watched),
      growth(control),
      `${added.toFixed(0)} MiB`,
    ];
    rows.push(`| ${cells.join(' | ')} |`);
    expect(watched.windows).toHaveLength(turns);
  },
  900_000,
);

afterAll(() => console.log(`Node.js ${node.version}, ${turns} turns of ${windowMs} ms each\n\n${rows.join('\n')}`));

async function measure({ program, port, windows }: Service, path: string, turn: number) {
  const before = await program.ask<number>('cpu');
  const scrape = turn % 4 === 0 ? fetch(`http://127.0.0.1:${port}/metrics`) : undefined;
  const loaded = await load(port, path, windowMs);
  await (await scrape)?.text();
  windows.push({ ...loaded, cpuMicroseconds: (await program.ask<number>('cpu')) - before });
}

function perSecond(windows: readonly Window[]): number {
  return sum(windows.map(({ requests }) => requests)) / sum(windows.map(({ seconds }) => seconds));
}

function cpuPerRequest(windows: readonly Window[]): number {
  return sum(windows.map(({ cpuMicroseconds }) => cpuMicroseconds)) / sum(windows.map(({ requests }) => requests));
}

/** The change over all turns, and the 95th percentile of that over resampled turns. */
function bounded(
  before: Service,
  after: Service,
  change: (before: readonly Window[], after: readonly Window[]) => number,
): string {
  const changes = Array.from({ length: 5000 }, () => {
    const chosen = Array.from({ length: turns }, () => Math.floor(Math.random() * turns));
    return change(
      chosen.map((turn) => before.windows[turn]!),
      chosen.map((turn) => after.windows[turn]!),
    );
  });
  const upper = changes.sort((a, b) => a - b)[Math.floor(changes.length * 0.95)]!;
  return `${percent(change(before.windows, after.windows))}, ${percent(upper)}`;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
