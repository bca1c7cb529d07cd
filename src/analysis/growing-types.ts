import { isGenericType } from './generic-type.ts';
import { columnOf, type Past } from './past.ts';
import { findSteadyGrowth } from './steady-growth.ts';
import { steadyGrowth, verdicts } from './thresholds.ts';
import type { Trend } from './trend.ts';

/** A type whose objects grow steadily. */
export interface GrowingType {
  readonly type: string;
  readonly trend: Trend;
  readonly count: number;
  readonly bytesPerSecond: number;
}

export interface GrowingTypes {
  /** The most suspicious first. */
  readonly steady: readonly GrowingType[];
  /** Bytes gained by types whose growth is not steady: they bend, or follow load. */
  readonly otherGain: number;
}

/** Growth of less is not told apart from the usual mix. */
const NOTABLE_GAIN = 0.15;
const MOST_RELATIVE_GAIN = 20;

export function findGrowingTypes({ types, censuses }: Past): GrowingTypes {
  const steady: GrowingType[] = [];
  const gains: number[] = [];
  let seen = 0;
  let otherGain = 0;
  for (const known of types.values()) {
    const { type, count, bytes } = known;
    if (count === 0) continue;
    seen++;
    const found = findSteadyGrowth(censuses, columnOf(known), steadyGrowth.type);
    if (found.any && found.any.gain > NOTABLE_GAIN * found.any.base) gains.push(relativeGain(found.any));
    const objectBytes = bytes / count;
    if (found.steady) {
      steady.push({ type, trend: found.steady, count, bytesPerSecond: found.steady.perSecond * objectBytes });
    } else if (found.any) {
      otherGain += found.any.gain * objectBytes;
    }
  }
  return { steady: ranked(outOfTheCrowd(steady, gains, seen)), otherGain };
}

/** Load and warm-ups make everything grow: then only what grows far more than the rest is told. */
function outOfTheCrowd(steady: readonly GrowingType[], gains: number[], seen: number): readonly GrowingType[] {
  if (gains.length <= Math.max(verdicts.crowd, verdicts.crowdShare * seen)) return steady;
  gains.sort((a, b) => a - b);
  const usual = gains[gains.length >> 1]!;
  return steady.filter(({ trend }) => relativeGain(trend) > verdicts.standsOut * usual);
}

/** Size alone does not make a culprit: arrays and strings are always largest, and grow with whatever holds them. */
function ranked(steady: readonly GrowingType[]): GrowingType[] {
  const scores = new Map(steady.map((each) => [each, suspicionOf(each)]));
  return [...steady].sort((a, b) => scores.get(b)! - scores.get(a)!);
}

function suspicionOf({ type, trend, bytesPerSecond }: GrowingType): number {
  const clearness = Math.min(trend.gain / trend.noise, 50) / 50;
  const generic = isGenericType(type) ? 0.3 : 1;
  return generic * Math.sqrt(relativeGain(trend) * clearness) * Math.min(trend.straightness, 1) * bytesPerSecond ** 0.4;
}

function relativeGain({ gain, base }: Trend): number {
  return gain / Math.max(base, gain / MOST_RELATIVE_GAIN);
}
