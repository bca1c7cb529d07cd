import type { First, Scales } from './scales.ts';
import { findTrend, type Trend } from './trend.ts';
import { createTrendTable } from './trend-table.ts';

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
  const size = scales.levels.length * scales.columns;
  const trends = createTrendTable(size);
  /** When each was looked at; never when it is -1. */
  const looks = new Int32Array(size).fill(-1);
  /** Tell which series the column held then. */
  const firsts: (First | undefined)[] = [];
  return {
    levels: scales.levels.length,
    find(level, column, connections) {
      const index = level * scales.columns + column;
      const look = Math.floor((LOOKS * scales.lastSeconds) / scales.levels[level]!.stepSeconds);
      const first = scales.first(column);
      if (looks[index] !== look || firsts[index] !== first) {
        const found = findTrend(scales, level, column, connections);
        trends.set(index, found && isNotable(found) ? found : undefined);
        looks[index] = look;
        firsts[index] = first;
      }
      return trends.get(index);
    },
  };
}

function isNotable({ significance, gain, base }: Trend): boolean {
  return significance >= SIGNIFICANT && gain >= LEAST_RELATIVE_GAIN * base;
}
