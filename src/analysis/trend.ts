import { fitGrowth, type GrowthFit, LEAST_POINTS, mean } from './growth-fit.ts';
import { FDS, LOADS, TIME, WORK } from './past.ts';
import type { Level, Scales } from './scales.ts';

/** Growth of one column as seen at one scale; times in seconds since the process was first seen. */
export interface Trend extends GrowthFit {
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
  let length = 0;
  let firstTime = 0;
  let firstWork = 0;
  for (let row = 0; row < level.length; row++) {
    const value = level.value(row, column);
    if (Number.isNaN(value) || Number.isNaN(level.value(row, LOADS[0]!))) continue;
    if (length === 0) {
      firstTime = level.value(row, TIME);
      firstWork = level.value(row, WORK);
    }
    times[length] = level.value(row, TIME) - firstTime;
    works[length] = level.value(row, WORK) - firstWork;
    values[length] = value;
    for (const [index, covariate] of COVARIATES.entries())
      covariates[index]![length] = level.value(row, covariate) || 0;
    length++;
  }
  return { length, firstTime };
}

function fitBest(length: number, loads: readonly Float64Array[]): GrowthFit | undefined {
  const head = Math.max(2, length >> 2);
  const first = mean(values, 0, head);
  let best: GrowthFit | undefined;
  for (const x of [times, works]) {
    if (!(x[length - 1]! > 0)) continue;
    const plain = fitGrowth(x, values, length);
    if (plain && (best === undefined || plain.error < best.error)) best = plain;
    for (const load of loads) {
      const firstLoad = mean(load, 0, head);
      if (!(firstLoad > 0)) continue;
      const fit = fitGrowth(x, values, length, load, (MOST_PER_LOAD * first) / firstLoad);
      if (fit && (best === undefined || fit.error * WORTH_A_COVARIATE < best.error)) best = fit;
    }
  }
  return best;
}

function riseOf(series: Float64Array, start: number, length: number): number {
  return mean(series, length - 2, length) / Math.max(mean(series, start, start + 2), 1e-9);
}

function peakBefore(scales: Scales, from: number, column: number, beforeSeconds: number): number {
  let peak = 0;
  for (const level of scales.levels.slice(from)) {
    for (let row = 0; row < level.length; row++) {
      if (level.value(row, TIME) + level.stepSeconds / 2 > beforeSeconds) break;
      const value = level.value(row, column);
      if (value > peak) peak = value;
    }
  }
  return peak;
}
