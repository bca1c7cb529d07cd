import type { GrowingType } from './growing-types.ts';
import type { Past } from './growth/past.ts';
import type { Suspicion } from './suspicion.ts';
import { backlog, verdicts } from './thresholds.ts';

/** What a verdict of leak or backlog rests on, kept to see when it no longer holds. */
export interface Conviction {
  readonly process: string;
  readonly basis: Suspicion['basis'];
  /** The most suspicious first. */
  readonly types: readonly ConvictedType[];
  /** Of the floor or of native memory. */
  readonly base: number;
  readonly peak: number;
  /** Unix times. */
  readonly startSeconds: number;
  readonly sinceSeconds: number;
  /** When growth was last seen. */
  readonly seenSeconds: number;
}

/** What grew, as of when it was last seen to grow. */
export interface ConvictedType {
  readonly type: string;
  readonly suspicion: number;
  readonly objectsPerSecond: number;
  readonly bytesPerSecond: number;
  readonly base: number;
  readonly peak: number;
}

/** More types of one leak add nothing. */
const MOST_TYPES = 5;

export function convict(past: Past, { basis, types, trend, startSeconds }: Suspicion): Conviction {
  return {
    process: past.process,
    basis,
    types: types.slice(0, MOST_TYPES).map(convictType),
    base: trend.base,
    peak: trend.value,
    startSeconds: past.firstSeconds + startSeconds,
    sinceSeconds: past.lastSeconds,
    seenSeconds: past.lastSeconds,
  };
}

function convictType({ type, trend, count, bytesPerSecond, suspicion }: GrowingType): ConvictedType {
  return { type, suspicion, objectsPerSecond: trend.perSecond, bytesPerSecond, base: trend.base, peak: count };
}

/** Notes what a new assessment saw: higher peaks, whether it still grows, and that it grows again in a new life. */
export function confirm(conviction: Conviction, past: Past, suspicion: Suspicion | undefined): Conviction {
  const sameLife = conviction.process === past.process;
  if (!sameLife && suspicion && suspicion.spanSeconds >= suspicion.neededSeconds) return convict(past, suspicion);
  const { floorBytes = 0 } = past;
  const types = new Map(conviction.types.map((each) => [each.type, sameLife ? withPeak(each, past) : each]));
  for (const each of suspicion?.types ?? []) {
    const before = types.get(each.type);
    const now = convictType(each);
    // In one life the first sight of it has the base, and the clearest sight says how suspicious it is.
    types.set(each.type, {
      ...now,
      suspicion: Math.max(now.suspicion, before?.suspicion ?? 0),
      ...(sameLife && before && { base: before.base, peak: before.peak }),
    });
  }
  return {
    ...conviction,
    types: [...types.values()].sort((a, b) => b.suspicion - a.suspicion).slice(0, MOST_TYPES),
    peak: sameLife && conviction.basis === 'floor' ? Math.max(conviction.peak, floorBytes) : conviction.peak,
    seenSeconds: suspicion ? past.lastSeconds : conviction.seenSeconds,
  };
}

function withPeak(convicted: ConvictedType, past: Past): ConvictedType {
  const count = past.types.get(convicted.type)?.count ?? 0;
  return count > convicted.peak ? { ...convicted, peak: count } : convicted;
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
