import type { First, Scales } from './scales.ts';
import { findTrend, type Trend } from './trend.ts';

/** The significant trends of all columns of some scales. */
export interface Trends {
  readonly levels: number;
  /** At one level, at most a quarter of its step old; see `findTrend`. */
  find(level: number, column: number, connections: boolean): Trend | undefined;
}

/** Less is noise or nothing, and not kept. Not yet enough to accuse. */
const SIGNIFICANT = 6;
const LEAST_RELATIVE_GAIN = 0.1;

/** How often in one of its steps a level is looked at: a long step changes little from one census to the next. */
const LOOKS = 4;

export function createTrends(scales: Scales): Trends {
  const cache = scales.levels.map(() => ({
    looks: [] as number[],
    /** Tell which series the column held. */
    firsts: [] as (First | undefined)[],
    trends: [] as (Trend | undefined)[],
  }));
  return {
    levels: scales.levels.length,
    find(level, column, connections) {
      const { looks, firsts, trends } = cache[level]!;
      const look = Math.floor((LOOKS * scales.lastSeconds) / scales.levels[level]!.stepSeconds);
      const first = scales.first(column);
      if (looks[column] === look && firsts[column] === first) return trends[column];
      const found = findTrend(scales, level, column, connections);
      const trend = found && isNotable(found) ? found : undefined;
      looks[column] = look;
      firsts[column] = first;
      trends[column] = trend;
      return trend;
    },
  };
}

function isNotable({ significance, gain, base }: Trend): boolean {
  return significance >= SIGNIFICANT && gain >= LEAST_RELATIVE_GAIN * base;
}
