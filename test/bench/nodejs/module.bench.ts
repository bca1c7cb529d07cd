import { afterAll, expect, test } from 'vitest';
import { moduleUrl } from '../../module/watched.ts';
import { nodes } from '../../real/nodes.ts';
import { type Program, startProgram } from '../../real/program.ts';
import { boundOfRatio } from '../bootstrap.ts';
import { type Load, load } from './load.ts';

// `npm run bench`: what the module costs a service, against the same service without it, and that against a second one
// without it: the noise. In turns, as the machine's speed drifts; the order within a turn alternates. Time per request,
// the inverse of throughput, is what users see, but all else on the machine shows in it; CPU time per request, of all
// threads, is much quieter. The watched service is scraped in every fourth of its windows, and counts its objects as often
// as it always does.

const turns = Number(process.env.BENCH_TURNS ?? 80);
const windowMs = 500;
const node = nodes.find(({ version }) => version.startsWith('22.')) ?? nodes.at(-1)!;
const rows = [
  '| route | time per request | growth, upper 95 % bound | noise of that | CPU per request | growth, upper 95 % bound | noise of that | RSS it adds |',
  '| --- | --- | --- | --- | --- | --- | --- | --- |',
];

const kinds = ['plain', 'control', 'watched'] as const;
type Kind = (typeof kinds)[number];

interface Window extends Load {
  readonly cpuSeconds: number;
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
    const rss = async ({ program }: Service) => (await program.ask<number>('rss')) / 2 ** 20;
    const added = (await rss(watched)) - ((await rss(plain)) + (await rss(control))) / 2;
    const cells = [
      path,
      `${(1e6 * perRequest(blocks(plain, 'seconds'))).toFixed(0)} us`,
      growth(plain, watched, 'seconds'),
      growth(plain, control, 'seconds'),
      `${(1e6 * perRequest(blocks(plain, 'cpuSeconds'))).toFixed(0)} us`,
      growth(plain, watched, 'cpuSeconds'),
      growth(plain, control, 'cpuSeconds'),
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
  windows.push({ ...loaded, cpuSeconds: ((await program.ask<number>('cpu')) - before) / 1e6 });
}

type Cost = 'seconds' | 'cpuSeconds';

/** For each window what its requests cost, and how many they were. */
function blocks({ windows }: Service, cost: Cost): Float64Array[] {
  return windows.map((window) => Float64Array.of(window[cost], window.requests));
}

function perRequest(windows: readonly Float64Array[]): number {
  return costPerRequest(Float64Array.from(windows.flatMap((window) => [...window])));
}

/** Of blocks behind each other. */
function costPerRequest(values: Float64Array): number {
  let [cost, requests] = [0, 0];
  for (let at = 0; at < values.length; at += 2) {
    cost += values[at]!;
    requests += values[at + 1]!;
  }
  return cost / requests;
}

/** By how much more a request costs, and the upper bound of that at 95 %. */
function growth(before: Service, after: Service, cost: Cost): string {
  const [was, is] = [blocks(before, cost), blocks(after, cost)];
  return `${percent(perRequest(is) / perRequest(was))}, ${percent(boundOfRatio(is, was, costPerRequest, 0.95))}`;
}

function percent(ratio: number): string {
  return `${((ratio - 1) * 100).toFixed(1)} %`;
}
