import { afterAll, expect, test } from 'vitest';
import { moduleUrl } from '../../module/watched.ts';
import { nodes } from '../../real/nodes.ts';
import { type Program, startProgram } from '../../real/program.ts';
import { until } from '../../real/until.ts';
import { boundOfRatio } from '../bootstrap.ts';
import { median } from '../median.ts';
import { type Load, load } from './load.ts';

// `npm run bench`: what the module costs a service, against two of the same without it, which differ by the noise; and what
// Node's own observer of collections costs of that, as everybody needs it who counts them (prom-client's default metrics have
// one too). In turns there and back, as the machine's speed drifts, and with processes started anew, as two of one program
// differ by some percent for as long as they live. Time per request, the inverse of throughput, is what users see, but all
// else on the machine shows in it; CPU time per request, of all threads, is quieter. The watched service is scraped every
// 15 s of its windows, as Prometheus does, and counts its objects as often as it always does: a start lasts long enough for
// the second census.

const starts = Number(process.env.BENCH_STARTS ?? 8);
const turns = 24;
const windowMs = 300;
const scrapeMs = 15_000;
const warmUpMs = 1500;
const node = nodes.find(({ version }) => version.startsWith('22.')) ?? nodes.at(-1)!;
const rows = [
  '| route | | growth, upper 95 % bound: module | observer alone | noise |',
  '| --- | --- | --- | --- | --- |',
];

const kinds = ['plain', 'watched', 'observed', 'control'] as const;
type Kind = (typeof kinds)[number];

interface Window extends Load {
  readonly cpuSeconds: number;
}

interface Service {
  readonly program: Program;
  readonly port: number;
}

/** The windows of each start. */
type Measured = Record<Kind, Window[][]>;

test.each(['/hello', '/allocate'])(
  'what the module costs %s',
  async (path) => {
    const measured: Measured = { plain: [], control: [], observed: [], watched: [] };
    const added: number[] = [];
    for (let start = 0; start < starts; start++) added.push(await measureStart(path, start, measured));
    const { plain, control, observed, watched } = measured;
    const without = plain.map((windows, start) => [...windows, ...control[start]!]);
    for (const cost of ['seconds', 'cpuSeconds'] as const) {
      const each = `${(1e6 * perRequest(blocks(without, cost))).toFixed(0)} us`;
      const growths = [growth(without, watched, cost), growth(without, observed, cost), growth(plain, control, cost)];
      const row = [path, `${cost === 'seconds' ? 'time' : 'CPU'} per request, ${each}`, ...growths];
      rows.push(`| ${row.join(' | ')} |`);
    }
    rows.push(`| ${path} | resident memory | ${(median(added) / 2 ** 20).toFixed(0)} MiB | | |`);
    expect(watched).toHaveLength(starts);
  },
  1_200_000,
);

afterAll(() =>
  console.log(`Node.js ${node.version}, ${starts} starts, ${turns} turns of ${windowMs} ms each\n\n${rows.join('\n')}`),
);

/** Starts all, measures them in turns and ends them; answers the resident bytes that the watched one has more. */
async function measureStart(path: string, start: number, measured: Measured): Promise<number> {
  const services = {} as Record<Kind, Service>;
  // Who is started first finds another machine than who is last.
  const order = kinds.map((_, place) => kinds[(start + place) % kinds.length]!);
  for (const kind of order) {
    const program = await startProgram(node.path, 'hello_service.mjs', moduleUrl, kind);
    services[kind] = { program, port: await program.ask<number>('port') };
    await load(services[kind].port, path, warmUpMs);
    measured[kind].push([]);
  }
  // It comes at once, and once: later ones keep to their budget of 1 % of a core, and are measured as they come.
  await until('the first census', 60_000, async () => {
    const page = await (await fetch(`http://127.0.0.1:${services.watched.port}/metrics`)).text();
    return page.includes('heapwatch_census_total{runtime="nodejs",result="ok"} 1\n');
  });
  for (let turn = 0; turn < turns; turn++) {
    const windowsBefore = start * turns + turn;
    const scraped = (windowsBefore * windowMs) % scrapeMs < windowMs;
    for (const kind of turn % 2 === 0 ? order : order.toReversed()) {
      measured[kind].at(-1)!.push(await measureWindow(services[kind], path, scraped && kind === 'watched'));
    }
  }
  const rss = (kind: Kind) => services[kind].program.ask<number>('rss');
  const [plain, control, watched] = [await rss('plain'), await rss('control'), await rss('watched')];
  await Promise.all(kinds.map((kind) => services[kind].program.end()));
  return watched - (plain + control) / 2;
}

async function measureWindow({ program, port }: Service, path: string, scraped: boolean): Promise<Window> {
  const before = await program.ask<number>('cpu');
  const scrape = scraped ? fetch(`http://127.0.0.1:${port}/metrics`) : undefined;
  const loaded = await load(port, path, windowMs);
  await (await scrape)?.text();
  return { ...loaded, cpuSeconds: ((await program.ask<number>('cpu')) - before) / 1e6 };
}

type Cost = 'seconds' | 'cpuSeconds';

/** For each start what its requests cost, window by window, and how many they were. */
function blocks(windows: readonly Window[][], cost: Cost): Float64Array[] {
  return windows.map((ofStart) => Float64Array.from(ofStart.flatMap((window) => [window[cost], window.requests])));
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
function growth(before: readonly Window[][], after: readonly Window[][], cost: Cost): string {
  const [was, is] = [blocks(before, cost), blocks(after, cost)];
  return `${percent(perRequest(is) / perRequest(was))}, ${percent(boundOfRatio(is, was, costPerRequest, 0.95))}`;
}

function percent(ratio: number): string {
  return `${((ratio - 1) * 100).toFixed(1)} %`;
}
