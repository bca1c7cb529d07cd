import { backlog } from '../thresholds.ts';
import { TIME, WORK } from './columns.ts';
import type { Level, Scales } from './scales.ts';

/** A change of load that came at once and stayed. */
export interface LoadStep {
  /** Since the process was first seen. */
  readonly atSeconds: number;
  /** CPU use in the quarter of an hour after it as a multiple of that before. */
  readonly ratio: number;
}

/** Of all changes between neighbouring quarters of an hour, this share is smaller than the usual one. */
const USUAL = 0.3;

/** At least as long as a level. */
const times = new Float64Array(64);
const works = new Float64Array(64);

/**
 * Finds the greatest change of load between two times, at the finest scale that reaches back to both. Undefined when it is
 * small, or no greater than what the load does all the time.
 */
export function findLoadStep(vitals: Scales, from: number, to: number, pace: number): LoadStep | undefined {
  const window = backlog.stepSeconds / pace;
  // The finest level sees hardly more than one window.
  const levels = vitals.levels.slice(1).filter(({ length }) => length >= 4);
  const level = levels.find((each) => startOf(each) <= Math.max(from - window, each.stepSeconds)) ?? levels.at(-1);
  if (level === undefined) return undefined;
  level.read(TIME, times);
  level.read(WORK, works);
  const changes: number[] = [];
  let best: LoadStep | undefined;
  for (let row = 1; row < level.length - 1; row++) {
    const atSeconds = times[row]!;
    const ratio = changeAt(row, level, Math.max(window, 1.5 * level.stepSeconds));
    if (!(ratio > 0 && ratio < Number.POSITIVE_INFINITY)) continue;
    changes.push(sizeOf(ratio));
    if (atSeconds < from || atSeconds > to) continue;
    if (best === undefined || sizeOf(ratio) > sizeOf(best.ratio)) best = { atSeconds, ratio };
  }
  if (best === undefined) return undefined;
  changes.sort((a, b) => a - b);
  const usual = changes[Math.floor(changes.length * USUAL)]!;
  return sizeOf(best.ratio) > Math.max(Math.log(backlog.loadStep), backlog.loadNoise * usual) ? best : undefined;
}

function sizeOf(ratio: number): number {
  return Math.abs(Math.log(ratio));
}

function startOf(level: Level): number {
  level.read(TIME, times);
  return times[0]!;
}

/** In `level`, which was read last. */
function changeAt(row: number, { length, stepSeconds }: Level, width: number): number {
  const at = times[row]!;
  // The time of a step is the mean of its readings': neighbours are not exactly one step apart.
  const slack = stepSeconds / 4;
  let first = row;
  while (first > 0 && times[first - 1]! >= at - width - slack) first--;
  let last = row;
  while (last < length - 1 && times[last + 1]! <= at + width + slack) last++;
  const before = at - times[first]!;
  const after = times[last]! - at;
  if (Math.min(before, after) < width / 2 - slack) return Number.NaN;
  return (works[last]! - works[row]!) / after / ((works[row]! - works[first]!) / before);
}
