import { FDS, LOADS, TIME, WORK } from './columns.ts';
import { fitGrowth, type GrowthFit, growthError, LEAST_POINTS, mean } from './growth-fit.ts';
import type { Level, Scales } from './scales.ts';

/** Growth of one column as seen at one scale; times in seconds since the process was first seen. */
export interface Trend extends Omit<GrowthFit, 'start' | 'error'> {
  readonly startSeconds: number;
  readonly endSeconds: number;
  readonly spanSeconds: number;
  readonly perSecond: number;
  /** The last two steps. */
  readonly value: number;
  /** `value` as a multiple of what it was where the growth began. */
  readonly rise: number;
  /** The same of load: of its averages the one that rose most, as what follows load may follow any of them. */
  readonly loadRise: number;
  /** When the column was first known, and its value then. */
  readonly firstSeconds: number;
  readonly firstValue: number;
  /** The highest value before the growth began, as far as any scale looks back. */
  readonly earlierPeak: number;
}

/** Load explains what rises with it up to this power, and a covariate must lower the error by more than chance does. */
const MOST_PER_LOAD = 1.5;
const WORTH_A_COVARIATE = 1.05;

const COVARIATES: readonly number[] = [...LOADS, FDS];
const MOST_POINTS = 64;
const times = new Float64Array(MOST_POINTS);
const works = new Float64Array(MOST_POINTS);
const values = new Float64Array(MOST_POINTS);
const covariates = COVARIATES.map(() => new Float64Array(MOST_POINTS));

/**
 * Finds how a column grows at one level, against time or against work done (a leak per request is a line of work, by day
 * and by night), with load taken out where that explains it, and open descriptors too if they may be `connections`. Undefined with fewer
 * than five points.
 */
export function findTrend(scales: Scales, index: number, column: number, connections = true): Trend | undefined {
  const level = scales.levels[index]!;
  const { length, firstTime } = gather(level, column);
  if (length < LEAST_POINTS) return undefined;
  const fit = fitBest(length, connections ? covariates : covariates.slice(0, LOADS.length));
  if (fit === undefined) return undefined;
  const { start } = fit;
  const spanSeconds = times[length - 1]! - times[start]!;
  const startSeconds = firstTime + times[start]!;
  const value = mean(values, length - 2, length);
  let loadRise = 0;
  for (let load = 0; load < LOADS.length; load++)
    loadRise = Math.max(loadRise, riseOf(covariates[load]!, start, length));
  let earlierPeak = 0;
  for (let before = 0; before < start; before++) earlierPeak = Math.max(earlierPeak, values[before]!);
  return {
    ...fit,
    startSeconds,
    endSeconds: startSeconds + spanSeconds,
    spanSeconds,
    perSecond: fit.gain / spanSeconds,
    value,
    rise: riseOf(values, start, length),
    loadRise,
    firstSeconds: scales.first(column)?.atSeconds ?? 0,
    firstValue: scales.first(column)?.value ?? 0,
    earlierPeak: Math.max(earlierPeak, peakBefore(scales, index + 1, column, startSeconds)),
  };
}

/** Copies what is known at a level into the scratch arrays, times and work from 0. */
function gather(level: Level, column: number): { length: number; firstTime: number } {
  level.read(column, values);
  level.read(TIME, times);
  level.read(WORK, works);
  for (let index = 0; index < COVARIATES.length; index++) level.read(COVARIATES[index]!, covariates[index]!);
  const quickLoad = covariates[0]!;
  const rows = level.length;
  let length = 0;
  let firstTime = 0;
  let firstWork = 0;
  for (let row = 0; row < rows; row++) {
    const value = values[row]!;
    if (Number.isNaN(value) || Number.isNaN(quickLoad[row]!)) continue;
    if (length === 0) {
      firstTime = times[row]!;
      firstWork = works[row]!;
    }
    times[length] = times[row]! - firstTime;
    works[length] = works[row]! - firstWork;
    values[length] = value;
    for (let index = 0; index < covariates.length; index++) {
      const covariate = covariates[index]!;
      covariate[length] = covariate[row]! || 0;
    }
    length++;
  }
  return { length, firstTime };
}

function fitBest(length: number, loads: readonly Float64Array[]): GrowthFit | undefined {
  const head = Math.max(2, length >> 2);
  const first = mean(values, 0, head);
  let leastError = Number.POSITIVE_INFINITY;
  let best: { x: Float64Array; load?: Float64Array; mostPerLoad: number } | undefined;
  for (const x of [times, works]) {
    if (!(x[length - 1]! > 0)) continue;
    const plain = growthError(x, values, length);
    if (plain < leastError) {
      leastError = plain;
      best = { x, mostPerLoad: 0 };
    }
    for (const load of loads) {
      const firstLoad = mean(load, 0, head);
      if (!(firstLoad > 0)) continue;
      const mostPerLoad = (MOST_PER_LOAD * first) / firstLoad;
      const error = growthError(x, values, length, load, mostPerLoad);
      if (error * WORTH_A_COVARIATE < leastError) {
        leastError = error;
        best = { x, load, mostPerLoad };
      }
    }
  }
  return best && fitGrowth(best.x, values, length, best.load, best.mostPerLoad);
}

function riseOf(series: Float64Array, start: number, length: number): number {
  return mean(series, length - 2, length) / Math.max(mean(series, start, start + 2), 1e-9);
}

const earlierTimes = new Float64Array(MOST_POINTS);
const earlierValues = new Float64Array(MOST_POINTS);

function peakBefore(scales: Scales, from: number, column: number, beforeSeconds: number): number {
  let peak = 0;
  for (let index = from; index < scales.levels.length; index++) {
    const level = scales.levels[index]!;
    level.read(TIME, earlierTimes);
    level.read(column, earlierValues);
    for (let row = 0; row < level.length; row++) {
      if (earlierTimes[row]! + level.stepSeconds / 2 > beforeSeconds) break;
      if (earlierValues[row]! > peak) peak = earlierValues[row]!;
    }
  }
  return peak;
}
