import { execFileSync } from 'node:child_process';
import { freemem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import type { RuntimeName } from '../../src/model/target.ts';
import { anyInterpreter } from '../real/interpreters.ts';
import { collectorOptions, startJava } from '../real/java-program.ts';
import { anyJdk } from '../real/jdks.ts';
import { nodes, withFlags } from '../real/nodes.ts';
import { refOf } from '../real/process-ref.ts';
import { type Program, startProgram } from '../real/program.ts';
import { summarize } from './summary.ts';

// What a heap costs the one who reads it, by its size: the tables of docs/scale.md. What `npm run build` has built is
// measured. CPU is what is judged, as a clock also tells how busy the machine is.

const gib = 2 ** 30;
const sizes = [100_000, 300_000, 1_000_000, 3_000_000, ...(freemem() > 4 * gib ? [10_000_000] : [])];

interface Subject {
  readonly runtime: RuntimeName;
  readonly name: string;
  /** CPython's vitals read the table of its arenas: 48 bytes for each MiB, or each 256 KiB up to 3.9. */
  readonly vitalsGrow?: boolean;
  start(objects: number): Promise<Program>;
}

const node = nodes.find(({ version }) => version.startsWith('22.')) ?? nodes.at(-1)!;
const subjects: Subject[] = [
  {
    runtime: 'cpython',
    name: `CPython ${anyInterpreter?.version}`,
    vitalsGrow: true,
    start: (objects) => startProgram(anyInterpreter!.path, 'crowd.py', String(objects)),
  },
  {
    runtime: 'nodejs',
    name: `Node.js ${node.version}`,
    start: (objects) =>
      startProgram(withFlags(node.path, '--expose-gc', '--max-old-space-size=8192'), 'v8-crowd.mjs', String(objects)),
  },
  {
    runtime: 'jvm',
    name: `Java ${anyJdk?.version}, G1`,
    async start(objects) {
      const options = [...collectorOptions('G1'), '-Xmx1500m'];
      const program = await startJava(anyJdk!, options, 'JvmTicker', String(objects));
      await program.ask('collect');
      return program;
    },
  },
];

/** What reader.mjs prints: of one heap, medians. */
interface Point {
  readonly objects: number;
  readonly heapBytes: number;
  readonly firstMs: number;
  readonly firstCpuMs: number;
  readonly nextCpuMs: number;
  readonly vitalsUs: number;
  readonly peakBytes: number;
}

const points: string[] = [];
const exponents: string[] = [];

test.each(subjects)(
  'with the objects of $name CPU grows in proportion at most, memory not at all, and vitals hardly',
  async ({ runtime, name, vitalsGrow = false, start }) => {
    const curve: Point[] = [];
    for (const objects of sizes) {
      const program = await start(objects);
      curve.push(measure(runtime, program));
      await program.end();
    }
    points.push(...curve.map((point) => rowOf(name, point)));
    const [cpu, next, memory, vitals] = [
      exponent(curve, ({ firstCpuMs }) => firstCpuMs),
      exponent(curve, ({ nextCpuMs }) => nextCpuMs),
      exponent(curve, ({ peakBytes }) => peakBytes),
      exponent(curve, ({ vitalsUs }) => vitalsUs),
    ];
    exponents.push(`| ${[name, ...[cpu, next, memory, vitals].map((value) => value.toFixed(2))].join(' | ')} |`);
    summarizeEnds(name, curve[0]!, curve.at(-1)!);
    expect(cpu).toBeLessThan(1.2);
    // Of a hundred times the objects 1.6 times as much.
    expect(memory).toBeLessThan(0.1);
    expect(vitals).toBeLessThan(vitalsGrow ? 0.6 : 0.1);
  },
  600_000,
);

afterAll(() => {
  const columns = ['objects', 'heap', 'census', 'CPU of a census', 'CPU of the next', 'most memory', 'vitals'];
  process.stdout.write(`\n${headOf(['runtime', ...columns])}\n${points.join('\n')}\n`);
  process.stdout.write(`\n${headOf(['exponent', ...columns.slice(3)])}\n${exponents.join('\n')}\n\n`);
});

function measure(runtime: RuntimeName, { pid }: Program): Point {
  const [script, dist] = ['./reader.mjs', '../../dist'].map((path) => fileURLToPath(new URL(path, import.meta.url)));
  const output = execFileSync(process.execPath, [script!, dist!, runtime, JSON.stringify(refOf(pid))]);
  return JSON.parse(output.toString());
}

/** The slope of the line through the points of a curve whose axes are both logarithmic: 1 is proportional, 0 is flat. */
function exponent(curve: readonly Point[], figure: (point: Point) => number): number {
  const [xs, ys] = [curve.map(({ objects }) => Math.log(objects)), curve.map((point) => Math.log(figure(point)))];
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [middleX, middleY] = [mean(xs), mean(ys)];
  const rise = mean(xs.map((x, index) => (x - middleX) * (ys[index]! - middleY)));
  return rise / mean(xs.map((x) => (x - middleX) ** 2));
}

function summarizeEnds(name: string, small: Point, large: Point): void {
  const millions = ({ objects }: Point) => `${(objects / 1e6).toFixed(1)} million objects`;
  const row = (what: string, unit: string, figure: (point: Point) => number) =>
    summarize({
      what: `${what}, ${millions(large)} of ${name}`,
      ...{ ours: figure(large), unit, against: millions(small), theirs: figure(small) },
    });
  row('CPU of a census', 'ms', ({ firstCpuMs }) => firstCpuMs);
  row('memory of the reader', 'MiB', ({ peakBytes }) => peakBytes / 2 ** 20);
  row('vitals', 'us', ({ vitalsUs }) => vitalsUs);
}

function rowOf(name: string, point: Point): string {
  const mib = (bytes: number) => `${Math.round(bytes / 2 ** 20).toLocaleString('en')} MiB`;
  const ms = (value: number) => `${Math.round(value).toLocaleString('en')} ms`;
  const cells = [
    ...[name, point.objects.toLocaleString('en'), mib(point.heapBytes)],
    ...[ms(point.firstMs), ms(point.firstCpuMs), ms(point.nextCpuMs), mib(point.peakBytes)],
    `${Math.round(point.vitalsUs)} us`,
  ];
  return `| ${cells.join(' | ')} |`;
}

function headOf(columns: readonly string[]): string {
  return `| ${columns.join(' | ')} |\n|${' --- |'.repeat(columns.length)}`;
}
