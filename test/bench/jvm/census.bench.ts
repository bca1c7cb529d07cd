import { execFileSync } from 'node:child_process';
import { afterAll, expect, test } from 'vitest';
import type { Census } from '../../../src/model/census.ts';
import type { ProcessRef } from '../../../src/model/target.ts';
import { hotspot } from '../../../src/runtimes/hotspot/index.ts';
import { differences, histogramOfCensus, histogramOfText } from '../../real/java-histogram.ts';
import { collectorOptions, startJava } from '../../real/java-program.ts';
import { type Collector, jdks } from '../../real/jdks.ts';
import { refOf } from '../../real/process-ref.ts';
import type { Program } from '../../real/program.ts';
import { median } from '../median.ts';
import { summarize } from '../summary.ts';

// `npm run bench`: what a census costs a JVM, against its own histogram (whose every run is a safepoint) and against a full
// collection: the longest time for which a thread that wakes every half millisecond was kept from it; and how many objects
// its counts are off, of all classes. Of one run.

const objects = 10_000_000;
const rounds = 5;
const rows = [
  '| JDK | collector | gap idle | census | jcmd | full GC | census / full GC | census / jcmd | wall: first census | next | jcmd | first / jcmd | next / first | objects off |',
  `|${' --- |'.repeat(14)}`,
];

const subjects = jdks
  .filter(({ release }) => release === 17 || release === 25)
  .flatMap((jdk) =>
    (['G1', 'Parallel', 'Serial'] as const).map((collector) => ({ jdk, version: jdk.version, collector })),
  );

test.each(subjects)(
  'ten million objects of Java $version with $collector',
  async ({ jdk, version, collector }) => {
    const program = await startTicker(jdk.java, collector);
    const process = refOf(program.pid);
    await program.ask('collect');
    jcmd(program.pid);
    const census = takeFirst(process, 0); // compiles our own code
    const off = differences(histogramOfCensus(census), histogramOfText(jcmd(program.pid)));
    const measured = {
      idle: await measure(program, () => new Promise((resolve) => setTimeout(resolve, 400))),
      first: await measure(program, (round) => takeFirst(process, round + 1)),
      next: await measure(program, () => void hotspot.census(process, new Int32Array(1))),
      jcmd: await measure(program, () => void jcmd(program.pid)),
      full: await measure(program, () => program.ask('collect')),
    };
    const { idle, first, next, jcmd: theirs, full } = measured;
    const what = `10 million objects, Java ${version} with ${collector}`;
    const against = 'jcmd GC.class_histogram';
    summarize({ what: `census of ${what}`, ours: first.wall, unit: 'ms', against, theirs: theirs.wall });
    summarize({
      what: `longest wait in a census of ${what}`,
      ours: first.gap,
      unit: 'ms',
      against,
      theirs: theirs.gap,
    });
    const cells = [
      ...[version, collector, ms(idle.gap), ms(first.gap), ms(theirs.gap), ms(full.gap)],
      ...[ratio(first.gap, full.gap), ratio(first.gap, theirs.gap)],
      ...[ms(first.wall), ms(next.wall), ms(theirs.wall)],
      ...[ratio(first.wall, theirs.wall), ratio(next.wall, first.wall), describe(off)],
    ];
    rows.push(`| ${cells.join(' | ')} |`);
    expect(off.JvmTicker$Node).toBeUndefined();
    expect(full.gap).toBeGreaterThan(idle.gap);
  },
  300_000,
);

afterAll(() => console.log(`\n${rows.join('\n')}`));

function startTicker(java: string, collector: Collector): Promise<Program> {
  const jdk = jdks.find((one) => one.java === java)!;
  return startJava(jdk, [...collectorOptions(collector), '-Xmx1500m'], 'JvmTicker', String(objects));
}

/** Medians of the wall times and of the longest gaps. */
async function measure(program: Program, work: (round: number) => unknown): Promise<{ wall: number; gap: number }> {
  const [walls, gaps]: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round++) {
    await program.ask('gap');
    const began = performance.now();
    await work(round);
    walls.push(performance.now() - began);
    gaps.push((await program.ask<{ ms: number }>('gap')).ms);
  }
  return { wall: median(walls), gap: median(gaps) };
}

/** A census for which nothing is kept from earlier ones, as they are kept under another name. */
function takeFirst(process: ProcessRef, round: number): Census {
  return hotspot.census({ ...process, procfsPath: `/proc/${'./'.repeat(round)}.` }, new Int32Array(1));
}

/** The whole command: what a person waits for. */
function jcmd(pid: number): string {
  return execFileSync('jcmd', [String(pid), 'GC.class_histogram', '-all'], { maxBuffer: 2 ** 26, encoding: 'utf8' });
}

/** `+2 int[], -5 byte[]`: what we count and jcmd does not, and the other way round. */
function describe(off: Record<string, number>): string {
  const parts = Object.entries(off).map(([type, count]) => `${count > 0 ? '+' : ''}${count} ${type}`);
  return parts.join(', ') || '0';
}

function ms(value: number): string {
  return `${value < 10 ? value.toFixed(1) : value.toFixed(0)} ms`;
}

function ratio(one: number, other: number): string {
  return (one / other).toFixed(3);
}
