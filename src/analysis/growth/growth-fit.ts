import { estimateStraightness, inflatedVariance, type Straightness } from './straightness.ts';

/** What a series did since it began to grow, with what its load explains taken out. */
export interface GrowthFit extends Straightness {
  /** Index of the point at which the growth began. */
  readonly start: number;
  /** How many standard errors the slope is above nothing; points that are alike count less. */
  readonly significance: number;
  /** Risen by the line from where it began to the last point. */
  readonly gain: number;
  /** The line where the growth began. */
  readonly base: number;
  /** Standard deviation of the points around the line. */
  readonly noise: number;
  /** Points in the phase of growth. */
  readonly points: number;
  /** Sum of the squares of what the fit leaves, over the whole series. */
  readonly error: number;
}

/** Two for the line, one for the load, one for the start, and one that can contradict them. */
export const LEAST_POINTS = 5;

/** Nothing is measured better than this share of its gain. */
const LEAST_NOISE = 1e-4;

const MOST_POINTS = 64;
// Sums from a point to the end. Reused by all fits: there are thousands in a minute.
const sumX = new Float64Array(MOST_POINTS + 1);
const sumXX = new Float64Array(MOST_POINTS + 1);
const sumXY = new Float64Array(MOST_POINTS + 1);
const sumXL = new Float64Array(MOST_POINTS + 1);
const sumY = new Float64Array(MOST_POINTS + 1);
const sumL = new Float64Array(MOST_POINTS + 1);
const residuals = new Float64Array(MOST_POINTS);

/** What `search` found last: one object, as there are thousands of searches in a minute. */
const found = { error: 0, start: 0, slope: 0, perLoad: 0, meanY: 0, meanL: 0, ll: 0 };

/**
 * Fits `y = base + slope * max(0, x - x[start]) + perLoad * load` by least squares, trying every start. perLoad is from 0
 * to `mostPerLoad`: load cannot explain more than in proportion. `x` ascends from 0. Undefined when there are fewer than
 * five points or nothing rises. At most 64 points.
 */
export function fitGrowth(
  x: Float64Array,
  y: Float64Array,
  length: number,
  load?: Float64Array,
  mostPerLoad = 0,
): GrowthFit | undefined {
  return search(x, y, length, load, mostPerLoad) ? describe(x, y, length, load) : undefined;
}

/** The sum of the squares that `fitGrowth` would leave; infinite when it finds no growth. */
export function growthError(
  x: Float64Array,
  y: Float64Array,
  length: number,
  load?: Float64Array,
  mostPerLoad = 0,
): number {
  return search(x, y, length, load, mostPerLoad) ? found.error : Number.POSITIVE_INFINITY;
}

/** Leaves the best fit in `found`, and its sums; false when nothing rises. */
function search(
  x: Float64Array,
  y: Float64Array,
  length: number,
  load: Float64Array | undefined,
  mostPerLoad: number,
): boolean {
  if (length < LEAST_POINTS) return false;
  const meanY = mean(y, 0, length);
  const meanL = load ? mean(load, 0, length) : 0;
  let yy = 0;
  let ll = 0;
  let ly = 0;
  sumX[length] = sumXX[length] = sumXY[length] = sumXL[length] = sumY[length] = sumL[length] = 0;
  for (let index = length - 1; index >= 0; index--) {
    const xi = x[index]!;
    const yi = y[index]! - meanY;
    const li = load ? load[index]! - meanL : 0;
    yy += yi * yi;
    ll += li * li;
    ly += li * yi;
    sumX[index] = sumX[index + 1]! + xi;
    sumXX[index] = sumXX[index + 1]! + xi * xi;
    sumXY[index] = sumXY[index + 1]! + xi * yi;
    sumXL[index] = sumXL[index + 1]! + xi * li;
    sumY[index] = sumY[index + 1]! + yi;
    sumL[index] = sumL[index + 1]! + li;
  }
  let leastError = Number.POSITIVE_INFINITY;
  let start = 0;
  let slope = 0;
  let perLoad = 0;
  for (let from = 0; from <= length - LEAST_POINTS; from++) {
    // h is max(0, x - x[from]); hh, hy and hl are centred.
    const knee = x[from]!;
    const points = length - from;
    const h = sumX[from]! - points * knee;
    const hh = sumXX[from]! - 2 * knee * sumX[from]! + points * knee * knee - (h * h) / length;
    if (!(hh > 0)) continue;
    const hy = sumXY[from]! - knee * sumY[from]!;
    const hl = sumXL[from]! - knee * sumL[from]!;
    const determinant = hh * ll - hl * hl;
    const free = determinant > 1e-9 * hh * ll ? (hh * ly - hl * hy) / determinant : 0;
    const c = Math.min(Math.max(free, 0), mostPerLoad);
    const b = (hy - c * hl) / hh;
    const error = yy - 2 * b * hy - 2 * c * ly + b * b * hh + 2 * b * c * hl + c * c * ll;
    if (error < leastError) {
      leastError = error;
      start = from;
      slope = b;
      perLoad = c;
    }
  }
  found.error = leastError;
  found.start = start;
  found.slope = slope;
  found.perLoad = perLoad;
  found.meanY = meanY;
  found.meanL = meanL;
  found.ll = ll;
  return slope > 0;
}

/** Tells of what `search` found. */
function describe(x: Float64Array, y: Float64Array, length: number, load: Float64Array | undefined): GrowthFit {
  const { start, slope, perLoad, meanY, meanL, ll } = found;
  const knee = x[start]!;
  const points = length - start;
  const h = sumX[start]! - points * knee;
  const hh = sumXX[start]! - 2 * knee * sumX[start]! + points * knee * knee - (h * h) / length;
  const hl = sumXL[start]! - knee * sumL[start]!;
  const intercept = meanY - (slope * h) / length - perLoad * meanL;
  let error = 0;
  let neighbours = 0;
  for (let index = 0; index < length; index++) {
    const line = intercept + slope * Math.max(0, x[index]! - knee) + (load ? perLoad * load[index]! : 0);
    const residual = y[index]! - line;
    residuals[index] = residual;
    error += residual * residual;
    if (index > 0) neighbours += residual * residuals[index - 1]!;
  }
  const gain = slope * (x[length - 1]! - knee);
  const free = length - LEAST_POINTS + 1;
  const leastVariance = (LEAST_NOISE * gain) ** 2;
  const spread = inflatedVariance(error, neighbours, free, leastVariance);
  // What slope and load tell alike is not the slope's own.
  const own = perLoad > 0 && ll > 0 ? Math.max(hh - (hl * hl) / ll, 1e-9 * hh) : hh;
  return {
    start,
    significance: slope / Math.sqrt(spread / own),
    gain,
    base: intercept + (load ? perLoad * load[start]! : 0),
    noise: Math.sqrt(error / Math.max(1, free)),
    points,
    error,
    ...estimateStraightness(x, residuals, start, length, slope, leastVariance),
  };
}

/** The mean of the elements from `from` until before `to`. */
export function mean(values: Float64Array, from: number, to: number): number {
  let sum = 0;
  for (let index = from; index < to; index++) sum += values[index]!;
  return sum / (to - from);
}
