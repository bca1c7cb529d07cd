import { isGenericType } from './generic-type.ts';
import { columnOf, type Past } from './growth/past.ts';
import { findSteadyGrowth } from './growth/steady-growth.ts';
import type { Trend } from './growth/trend.ts';
import type { TypeColumn } from './growth/type-columns.ts';
import { steadyGrowth, verdicts } from './thresholds.ts';

/** A type whose objects grow. */
export interface GrowingType {
  readonly type: string;
  readonly trend: Trend;
  readonly count: number;
  readonly bytesPerSecond: number;
  /** How much it looks like the cause of the growth: only to compare by. */
  readonly suspicion: number;
}

export interface GrowingTypes {
  /** The most suspicious first. */
  readonly steady: readonly GrowingType[];
  /** Those whose growth is significant, but bends, follows load or trembles. */
  readonly other: readonly GrowingType[];
  /** Bytes gained by those. */
  readonly otherGain: number;
}

/** Growth of less is not told apart from the usual mix. */
const NOTABLE_GAIN = 0.15;
const MOST_RELATIVE_GAIN = 20;

/** They stand in only where nothing grows steadily. */
const MOST_OTHER = 5;

/** `connections` says that open descriptors may explain growth. */
export function findGrowingTypes({ types, censusTrends }: Past, connections: boolean): GrowingTypes {
  const steady: GrowingType[] = [];
  const other: GrowingType[] = [];
  const gains: number[] = [];
  let seen = 0;
  let otherGain = 0;
  for (const known of types.values()) {
    const { count, bytes } = known;
    if (count === 0) continue;
    seen++;
    const found = findSteadyGrowth(censusTrends, columnOf(known), steadyGrowth.type, connections);
    if (found.any && found.any.gain > NOTABLE_GAIN * found.any.base) gains.push(relativeGain(found.any));
    if (found.steady) steady.push(growing(known, found.steady));
    else if (found.any) {
      other.push(growing(known, found.any));
      otherGain += (found.any.gain * bytes) / count;
    }
  }
  return { steady: ranked(outOfTheCrowd(steady, gains, seen)), other: ranked(other).slice(0, MOST_OTHER), otherGain };
}

function growing({ type, count, bytes }: TypeColumn, trend: Trend): GrowingType {
  const bytesPerSecond = (trend.perSecond * bytes) / count;
  return { type, trend, count, bytesPerSecond, suspicion: suspicionOf(type, trend, bytesPerSecond) };
}

/** Load and warm-ups make everything grow: then only what grows far more than the rest is told. */
function outOfTheCrowd(steady: readonly GrowingType[], gains: number[], seen: number): readonly GrowingType[] {
  if (gains.length <= Math.max(verdicts.crowd, verdicts.crowdShare * seen)) return steady;
  gains.sort((a, b) => a - b);
  const usual = gains[gains.length >> 1]!;
  return steady.filter(({ trend }) => relativeGain(trend) > verdicts.standsOut * usual);
}

function ranked(types: readonly GrowingType[]): GrowingType[] {
  return types.toSorted((a, b) => b.suspicion - a.suspicion);
}

/** Size alone does not make a culprit: arrays and strings are always largest, and grow with whatever holds them. */
function suspicionOf(type: string, trend: Trend, bytesPerSecond: number): number {
  const clearness = Math.min(trend.gain / trend.noise, 50) / 50;
  const generic = isGenericType(type) ? 0.3 : 1;
  return generic * Math.sqrt(relativeGain(trend) * clearness) * Math.min(trend.straightness, 1) * bytesPerSecond ** 0.4;
}

function relativeGain({ gain, base }: Trend): number {
  return gain / Math.max(base, gain / MOST_RELATIVE_GAIN);
}
