import { runInNewContext } from 'node:vm';
import { ReadFailure } from '../../src/model/failure.ts';
import { type AllocationWatch, watchAllocations } from './allocation-watch.ts';
import { createRandom } from './random.ts';
import type { Subject } from './subject.ts';

/** What a campaign did. */
export interface CampaignReport {
  readonly cases: number;
  /** How many gave an answer, none, or a ReadFailure: a campaign that only ever sees one of them tests little. */
  readonly answers: number;
  readonly nothings: number;
  readonly refusals: number;
  readonly slowestMs: number;
  readonly mostBytes: number;
  /** The first of what went wrong, each with the seed that repeats it. */
  readonly findings: readonly string[];
}

const batchCases = 500;
/** A parser that takes longer than this is one that an attacker can stop us with. */
const usuallyMostMs = 1000;
/** Ends an endless loop, in the middle of it. */
const hangMs = 20_000;
const mostFindings = 5;

/**
 * Runs `cases` cases of a subject: each must give an answer, undefined or a ReadFailure, soon and in bounded memory.
 * The seed of a case is `<seed>:<subject>:<number>`.
 */
export function runCampaign(subject: Subject, seed: string, cases: number, first = 0): CampaignReport {
  const watch = watchAllocations();
  const run = new Campaign(subject, seed, watch);
  try {
    for (let from = first; from < first + cases && run.findings.length < mostFindings; from += batchCases) {
      run.batch(from, Math.min(from + batchCases, first + cases));
    }
    return run;
  } finally {
    watch.end();
  }
}

class Campaign implements CampaignReport {
  cases = 0;
  answers = 0;
  nothings = 0;
  refusals = 0;
  slowestMs = 0;
  mostBytes = 0;
  readonly findings: string[] = [];
  readonly #subject: Subject;
  readonly #seed: string;
  readonly #watch: AllocationWatch;

  constructor(subject: Subject, seed: string, watch: AllocationWatch) {
    this.#subject = subject;
    this.#seed = seed;
    this.#watch = watch;
  }

  batch(from: number, to: number): void {
    let at = from;
    let stoppedAt = -1;
    const run = () => {
      for (; at < to; at++) this.#case(at);
    };
    while (at < to && this.findings.length < mostFindings) {
      try {
        runInNewContext('run()', { run }, { timeout: hangMs });
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
        // A busy machine may have had no time for the cases before it.
        if (at === stoppedAt) this.#find(at++, `had not ended after ${hangMs} ms`);
        else stoppedAt = at;
      }
    }
  }

  #case(number: number): void {
    const found = this.#measure(number);
    this.cases++;
    this.mostBytes = Math.max(this.mostBytes, this.#watch.bytes);
    if (found !== undefined) this.#find(number, found);
    if (this.#watch.bytes > this.#subject.mostBytes) this.#find(number, `allocated ${this.#watch.bytes} bytes`);
  }

  /** Undefined when all is well. */
  #measure(number: number): string | undefined {
    let slowest = Number.POSITIVE_INFINITY;
    const mostMs = this.#subject.mostMs ?? usuallyMostMs;
    // On a busy machine anything may take a second once.
    for (let attempt = 0; attempt < 3 && slowest > mostMs; attempt++) {
      const look = this.#subject.prepare(createRandom(`${this.#seed}:${this.#subject.name}:${number}`));
      this.#watch.reset();
      const began = performance.now();
      try {
        const answer = look();
        const wrong = attempt === 0 ? this.#count(answer) : undefined;
        if (wrong !== undefined) return `answered with ${wrong}`;
      } catch (error) {
        if (!(error instanceof ReadFailure)) return `threw ${error instanceof Error ? error.stack : String(error)}`;
        if (attempt === 0) this.refusals++;
      }
      slowest = Math.min(slowest, performance.now() - began);
    }
    this.slowestMs = Math.max(this.slowestMs, slowest);
    return slowest > mostMs ? `took ${slowest.toFixed(0)} ms` : undefined;
  }

  #count(answer: unknown): string | undefined {
    if (answer === undefined) this.nothings++;
    else this.answers++;
    return impossibleNumber(answer);
  }

  #find(number: number, what: string): void {
    this.findings.push(`HEAPWATCH_FUZZ_SEED=${this.#seed}:${this.#subject.name}:${number} ${what}`);
  }
}

/** An answer made of numbers that are none is a lie: names the first NaN, infinite or negative one and where it is. */
function impossibleNumber(answer: unknown, path = ''): string | undefined {
  if (typeof answer === 'number') {
    return Number.isFinite(answer) && answer >= 0 ? undefined : `${answer}${path === '' ? '' : ` at ${path}`}`;
  }
  if (typeof answer !== 'object' || answer === null) return undefined;
  for (const [key, value] of Object.entries(answer)) {
    const found = impossibleNumber(value, `${path}.${key}`);
    if (found !== undefined) return found;
  }
  return undefined;
}
