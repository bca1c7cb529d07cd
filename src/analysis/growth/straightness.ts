/** Whether growth goes on as it began. */
export interface Straightness {
  /** The slope in the last sixth as a share of the slope in the first: 1 is a line, less bends down. */
  readonly straightness: number;
  /** Standard error of it. */
  readonly straightnessError: number;
}

/** Where the slopes are compared, as shares of the phase. */
const EARLY = 1 / 6;
const LATE = 5 / 6;

/** Numbers that a parabola is made of. */
const PARABOLA = 3;

/** Neighbours more alike than this would leave no independent points at all. */
const MOST_LIKENESS = 0.95;

/** A slope that is nearly nothing at first would make a ratio of noise. */
const LEAST_SHARE_OF_MEAN = 0.25;

/**
 * Fits a parabola to what a line of `slope` left (`residuals`) from `start` on. `leastVariance` is that of a point which
 * is measured as well as can be.
 */
export function estimateStraightness(
  x: Float64Array,
  residuals: Float64Array,
  start: number,
  length: number,
  slope: number,
  leastVariance: number,
): Straightness {
  // With u from 0 to 1, the bend is u^2 without its own constant and line: p = u^2 - m2 - tilt * (u - m1).
  const first = x[start]!;
  const span = x[length - 1]! - first;
  const points = length - start;
  let m1 = 0;
  let m2 = 0;
  let m3 = 0;
  for (let index = start; index < length; index++) {
    const u = (x[index]! - first) / span;
    m1 += u;
    m2 += u * u;
    m3 += u * u * u;
  }
  m1 /= points;
  m2 /= points;
  m3 /= points;
  const tilt = (m3 - m1 * m2) / (m2 - m1 * m1);
  let bend = 0;
  let bends = 0;
  let line = 0;
  let lines = 0;
  for (let index = start; index < length; index++) {
    const u = (x[index]! - first) / span;
    const p = u * u - m2 - tilt * (u - m1);
    bend += p * residuals[index]!;
    bends += p * p;
    line += (u - m1) * residuals[index]!;
    lines += (u - m1) * (u - m1);
  }
  const curve = bend / bends;
  const turn = line / lines;
  let previous = 0;
  let error = 0;
  let neighbours = 0;
  let sum = 0;
  for (let index = start; index < length; index++) sum += residuals[index]!;
  for (let index = start; index < length; index++) {
    const u = (x[index]! - first) / span;
    const p = u * u - m2 - tilt * (u - m1);
    const left = residuals[index]! - sum / points - turn * (u - m1) - curve * p;
    error += left * left;
    neighbours += left * previous;
    previous = left;
  }
  const spread = inflatedVariance(error, neighbours, points - PARABOLA, leastVariance);
  // The knee was shared with what came before: this is the line of the phase alone.
  const rise = slope * span + turn;
  const early = rise + curve * (2 * EARLY - tilt);
  const late = rise + curve * (2 * LATE - tilt);
  const scale = Math.max(Math.abs(early), LEAST_SHARE_OF_MEAN * Math.abs(rise));
  return {
    straightness: late / scale,
    straightnessError: (2 * (LATE - EARLY) * Math.sqrt(spread / bends)) / scale,
  };
}

/**
 * The variance of points of which neighbours are alike, as if they were independent: from the sum of their squares, the sum
 * of the products of neighbours, and how many of them are free.
 */
export function inflatedVariance(squares: number, neighbours: number, free: number, leastVariance: number): number {
  const likeness = squares > 0 ? Math.min(Math.max(neighbours / squares, 0), MOST_LIKENESS) : 0;
  return (squares / Math.max(1, free) + leastVariance) * ((1 + likeness) / (1 - likeness));
}
