import type { Trend } from './trend.ts';
import type { Trends } from './trends.ts';

/** What growth must show before it counts as steady, see thresholds.ts. */
export interface SteadyRules {
  /** Standard errors of the slope above nothing. */
  readonly significance: number;
  readonly points: number;
  /** Gain as a multiple of the noise around the line. */
  readonly clearness: number;
  /** Gain as a share of where it began. */
  readonly relativeGain: number;
  readonly straightness: number;
  /** Straightness less two standard errors. */
  readonly straightnessAtWorst: number;
  /** As a multiple of the highest it was before: what only regains an earlier peak is no growth. */
  readonly aboveEarlierPeak: number;
  /** Share of the gain that is there now, whatever the load is. */
  readonly keptGain: number;
  /** The rate as a share of the average rate since the series was first known. */
  readonly ofAverage: number;
  /** The rise must exceed the rise of load to this power. */
  readonly loadPower: number;
}

export interface FoundGrowth {
  /** The longest steady growth, which no bend, load or earlier peak explains. */
  readonly steady?: Trend;
  /** The longest significant growth, whatever its shape. */
  readonly any?: Trend;
}

/** So few points tell only when they stand in a line without noise. */
const FEW_POINTS = 5;
const FEW_POINTS_SIGNIFICANCE = 40;
const FEW_POINTS_CLEARNESS = 30;

/** A bend that is no artefact of noise. */
const BENT = 0.8;
const BEND_ERROR = 0.2;

/** Looks at all scales, the longest first. `connections` says that open descriptors may explain growth. */
export function findSteadyGrowth(trends: Trends, column: number, rules: SteadyRules, connections = true): FoundGrowth {
  let steady: Trend | undefined;
  let any: Trend | undefined;
  let leastTail = 0;
  for (let index = trends.levels - 1; index >= 0; index--) {
    const trend = trends.find(index, column, connections);
    if (trend === undefined) continue;
    if (any === undefined || trend.spanSeconds > any.spanSeconds) any = trend;
    const isStraight = trend.straightness - trend.straightnessError > leastTail;
    if (isStraight && isSteady(trend, rules, index === 0)) {
      if (steady === undefined || trend.spanSeconds > steady.spanSeconds) steady = trend;
    }
    // The second half of what fills up exponentially is as straight as the root of the whole: a leak must be straighter.
    const { straightness, straightnessError } = trend;
    if (straightnessError < BEND_ERROR && straightness + 2 * straightnessError < BENT) {
      const tail = Math.sqrt(Math.max(0, straightness));
      leastTail = leastTail === 0 ? tail : Math.min(leastTail, tail);
    }
  }
  return { ...(steady && { steady }), ...(any && { any }) };
}

/** `isFinest` says that each point is a reading of its own, not a mean of many. */
function isSteady(trend: Trend, rules: SteadyRules, isFinest: boolean): boolean {
  return (
    trend.significance >= rules.significance &&
    (trend.points >= rules.points || (isFinest && isClearWithFewPoints(trend))) &&
    trend.gain >= rules.clearness * trend.noise &&
    trend.gain >= rules.relativeGain * Math.max(trend.base, 0) &&
    trend.straightness >= rules.straightness &&
    trend.straightness - 2 * trend.straightnessError >= rules.straightnessAtWorst &&
    trend.value >= rules.aboveEarlierPeak * trend.earlierPeak &&
    trend.value >= trend.base + rules.keptGain * trend.gain &&
    trend.perSecond >= rules.ofAverage * averageRate(trend) &&
    trend.rise >= Math.max(1, trend.loadRise) ** rules.loadPower
  );
}

function isClearWithFewPoints({ points, significance, gain, noise }: Trend): boolean {
  return points >= FEW_POINTS && significance >= FEW_POINTS_SIGNIFICANCE && gain >= FEW_POINTS_CLEARNESS * noise;
}

function averageRate({ value, firstValue, endSeconds, firstSeconds }: Trend): number {
  return (value - firstValue) / Math.max(1, endSeconds - firstSeconds);
}
