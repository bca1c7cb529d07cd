/** What an assessor keeps over a restart of ours: defined here, written as JSON by whoever stores it. Version 1. */
import type { Cause, Verdict } from '../model/assessment.ts';
import { ReadFailure } from '../model/failure.ts';
import type { ConvictedType, Conviction } from './conviction.ts';
import type { LoadState } from './growth/load.ts';
import type { PastState } from './growth/past.ts';
import type { First, ScalesState } from './growth/scales.ts';
import type { TypeColumn } from './growth/type-columns.ts';
import type { LiveMetaspaceState } from './live-metaspace.ts';

/** To be raised with every change that makes an older state mean something else. */
export const stateVersion = 1;

export interface AssessorState {
  readonly version: number;
  /** Of the last sample, and how much less it was than our own time. */
  readonly clockSeconds?: number;
  readonly setBackSeconds: number;
  readonly past?: PastState;
  readonly standing: Readonly<Standing>;
}

export interface Standing {
  verdict: Exclude<Verdict, 'warming_up'>;
  cause?: Cause;
  sinceSeconds: number;
  conviction?: Conviction;
  /** Assessments in a row that agreed on growth. */
  agreed: number;
  mistakes: number;
  convicted: readonly string[];
  shortageSeconds?: number;
}

/** Takes a state as it was read from a file: bounded and checked. Throws `unreadable`. */
export function parseAssessorState(value: unknown): AssessorState {
  if (!isState(value)) {
    const message = 'what a verdict rests on is not as this heapwatch writes it: the verdict starts anew';
    throw new ReadFailure('unreadable', message);
  }
  return value as AssessorState;
}

type Check = (value: unknown) => boolean;

/** More than any of our lists has; what is longer is not ours. */
const MOST_ITEMS = 64;
const LONGEST_NAME = 1000;

const number: Check = (value) => typeof value === 'number' && Number.isFinite(value);
const name: Check = (value) => typeof value === 'string' && value.length <= LONGEST_NAME;
const index: Check = (value) => Number.isInteger(value) && Number(value) >= 0 && Number(value) < MOST_ITEMS;

function optional(check: Check): Check {
  return (value) => value === undefined || check(value);
}

function orNull(check: Check): Check {
  return (value) => value === null || check(value);
}

function oneOf(...values: readonly string[]): Check {
  return (value) => values.includes(value as string);
}

function listOf(check: Check): Check {
  return (value) => Array.isArray(value) && value.length <= MOST_ITEMS && value.every(check);
}

/** A check for each property: one that is forgotten does not compile. */
function object<Type>(checks: Readonly<Record<keyof Type, Check>>): Check {
  const all = Object.entries<Check>(checks);
  return (value) =>
    typeof value === 'object' &&
    value !== null &&
    all.every(([key, check]) => check(Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : undefined));
}

const isScales = object<ScalesState>({
  firsts: listOf(orNull(object<First>({ atSeconds: number, value: number }))),
  levels: listOf(object<ScalesState['levels'][number]>({ step: number, rows: listOf(listOf(orNull(number))) })),
});

const isPast = object<PastState>({
  process: name,
  firstSeconds: number,
  lastSeconds: number,
  vitals: isScales,
  censuses: isScales,
  types: listOf(object<TypeColumn>({ type: name, column: index, count: number, bytes: number })),
  load: object<LoadState>({
    averages: listOf(orNull(number)),
    work: number,
    last: optional((value) => listOf(number)(value) && (value as unknown[]).length === 3),
  }),
  highestUsed: number,
  censusCount: number,
  collectionsAtCensus: number,
  floorBytes: optional(number),
  metaspace: optional(
    object<LiveMetaspaceState>({
      collections: optional(number),
      left: optional(number),
      peak: number,
      keptShare: optional(number),
    }),
  ),
});

const isConviction = object<Conviction>({
  process: name,
  basis: oneOf('types', 'floor', 'metaspace', 'native', 'fds', 'threads'),
  types: listOf(
    object<ConvictedType>({
      type: name,
      suspicion: number,
      objectsPerSecond: number,
      bytesPerSecond: number,
      base: number,
      peak: number,
    }),
  ),
  base: number,
  peak: number,
  startSeconds: number,
  sinceSeconds: number,
  seenSeconds: number,
});

const isState = object<AssessorState>({
  version: (value) => value === stateVersion,
  clockSeconds: optional(number),
  setBackSeconds: number,
  past: optional(isPast),
  standing: object<Standing>({
    verdict: oneOf('healthy', 'leak', 'backlog', 'overflow'),
    cause: optional(oneOf('objects', 'native', 'uncollectable', 'undersized', 'burst')),
    sinceSeconds: number,
    conviction: optional(isConviction),
    agreed: number,
    mistakes: number,
    convicted: listOf(name),
    shortageSeconds: optional(number),
  }),
});
