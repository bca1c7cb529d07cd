import type { Past } from './past.ts';
import type { Suspicion } from './suspicion.ts';
import { backlog, verdicts } from './thresholds.ts';

/** What a verdict of leak or backlog rests on, kept to see when it no longer holds. */
export interface Conviction {
  readonly process: string;
  readonly basis: Suspicion['basis'];
  readonly types: readonly { readonly type: string; readonly base: number; readonly peak: number }[];
  /** Of the floor or of native memory. */
  readonly base: number;
  readonly peak: number;
  /** Unix times. */
  readonly startSeconds: number;
  readonly sinceSeconds: number;
  /** When growth was last seen. */
  readonly seenSeconds: number;
}

/** More types of one leak add nothing. */
const MOST_TYPES = 5;

export function convict(past: Past, { basis, types, trend, startSeconds }: Suspicion): Conviction {
  return {
    process: past.process,
    basis,
    types: types.slice(0, MOST_TYPES).map((each) => ({ type: each.type, base: each.trend.base, peak: each.count })),
    base: trend.base,
    peak: trend.value,
    startSeconds: past.firstSeconds + startSeconds,
    sinceSeconds: past.lastSeconds,
    seenSeconds: past.lastSeconds,
  };
}

/** Notes what a new assessment saw: higher peaks, and whether it still grows. */
export function confirm(conviction: Conviction, past: Past, suspicion: Suspicion | undefined): Conviction {
  const sameLife = conviction.process === past.process;
  return {
    ...conviction,
    types: conviction.types.map((each) => {
      const count = sameLife ? past.types.get(each.type)?.count : undefined;
      return count !== undefined && count > each.peak ? { ...each, peak: count } : each;
    }),
    peak: sameLife && conviction.basis === 'floor' ? Math.max(conviction.peak, past.floorBytes ?? 0) : conviction.peak,
    seenSeconds: suspicion ? past.lastSeconds : conviction.seenSeconds,
  };
}

/** Why a conviction no longer holds: it drained, it levelled off, or it did not show again in a new life. */
export type Acquittal = 'drained' | 'levelled off' | 'not seen again';

export function reviewConviction(
  conviction: Conviction,
  past: Past,
  verdict: 'leak' | 'backlog',
  pace: number,
): Acquittal | undefined {
  const { startSeconds, sinceSeconds, seenSeconds } = conviction;
  const now = past.lastSeconds;
  const leastQuiet = verdicts.leastQuietSeconds / pace;
  if (conviction.process !== past.process) {
    const lived = now - Math.max(seenSeconds, past.firstSeconds);
    return lived > verdicts.lives * (sinceSeconds - startSeconds) + leastQuiet ? 'not seen again' : undefined;
  }
  if (hasDrained(conviction, past)) return 'drained';
  const quiet = now - seenSeconds;
  if (verdict === 'leak' && quiet > Math.max(leastQuiet, verdicts.quietShare * (seenSeconds - startSeconds))) {
    return 'levelled off';
  }
  return undefined;
}

function hasDrained({ basis, types, base, peak }: Conviction, past: Past): boolean {
  if (basis === 'floor') return isLow(past.floorBytes, base, peak);
  const known = types.filter(({ type }) => past.types.has(type));
  const low = known.filter((each) => isLow(past.types.get(each.type)?.count, each.base, each.peak));
  return 2 * low.length > known.length;
}

function isLow(value: number | undefined, base: number, peak: number): boolean {
  return value !== undefined && value < base + backlog.drained * (peak - base);
}
