import { expect } from 'vitest';
import type { Census } from '../../src/model/census.ts';
import { hotspot } from '../../src/runtimes/hotspot/index.ts';
import { differences, histogramOf, histogramOfCensus } from './java-histogram.ts';
import { collectorOptions, startJava } from './java-program.ts';
import { type Collector, type Jdk, jdks } from './jdks.ts';
import { refOf } from './process-ref.ts';
import type { Program } from './program.ts';

/** A JVM to take a census of. */
export interface CensusSubject {
  readonly jdk: Jdk;
  readonly collector: Collector;
  readonly version: string;
  /** Further options. */
  readonly mode: readonly string[];
}

const nodes = 50_000;

export function censusSubject(jdk: Jdk, collector: Collector, ...mode: string[]): CensusSubject {
  return { jdk, collector, version: jdk.version, mode };
}

/** Of every JDK here every collector. JDK 11's Shenandoah does not tell where its regions are, its ZGC was an experiment. */
export const censusSubjects = jdks.flatMap((jdk) =>
  jdk.collectors
    .filter((collector) => jdk.release > 11 || (collector !== 'Z' && collector !== 'Shenandoah'))
    .map((collector) => censusSubject(jdk, collector)),
);

/** In this thread. Throws `ReadFailure`. */
export function censusOf({ pid }: Program, abort = new Int32Array(1)): Census {
  return hotspot.census(refOf(pid), abort);
}

/** Starts a JvmCensus with as many Nodes. */
export function startCensusSubject({ jdk, collector, mode }: CensusSubject, count = nodes): Promise<Program> {
  return startJava(jdk, [...collectorOptions(collector), '-Xmx256m', ...mode], 'JvmCensus', String(count));
}

/** Takes a census of a JVM at rest, and expects what the JVM counts itself. */
export async function expectExactCensus(subject: CensusSubject): Promise<void> {
  const program = await startCensusSubject(subject);
  await histogramOf(program);
  const census = censusOf(program);
  const theirs = await histogramOf(program);

  expect(census.quality.skippedRatio).toBe(0);
  const ours = histogramOfCensus(census);
  expect(ours.get('JvmCensus$Node')?.count).toBe(nodes);
  const own = [...theirs].filter(([type]) => type.startsWith('JvmCensus') || type === 'boolean[][]');
  expect(own.length).toBeGreaterThan(10);
  expect(own.map(([type]) => [type, ours.get(type)])).toEqual(own);
  // The int arrays fill what threads gave back of their buffers, up to JDK 17.
  const off = Object.entries(differences(theirs, ours)).filter(([type]) => type !== 'int[]');
  const more = off.filter(([, count]) => count > 0);
  expect(
    more.reduce((sum, [, count]) => sum + count, 0),
    'what the question made',
  ).toBeLessThan(500);
  // These two count only what can be reached: what we see more is garbage.
  if (subject.collector === 'Z' || subject.collector === 'Shenandoah') return;
  expect(off).toEqual(more);
}
