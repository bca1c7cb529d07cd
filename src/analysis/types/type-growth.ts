import type { TypeCount } from '../../model/census.ts';

/** Counts of types at the last censuses, the oldest first. */
export type PastCounts = ReadonlyMap<string, readonly number[]>;

/** Enough to tell growth from a wave, few enough to forget a start-up. */
const CENSUSES = 5;

/** A type with fewer objects than 500 others is no news yet. Bounds what is kept of a target. */
export const REMEMBERED_TYPES = 500;

/** Adds a census to what is kept of those before; of the types that it does not hold nothing is kept. */
export function rememberCounts(past: PastCounts, types: readonly TypeCount[]): PastCounts {
  return new Map(
    types.map(({ type, count }) => [type, [...(past.get(type) ?? []).slice(1 - CENSUSES), count] as const]),
  );
}

/**
 * Estimates the objects that a type gains from one census to the next: the lower quartile of the slopes between each two
 * of them, so that most of the time has to agree; neither a wave nor a single census makes growth of it. 0 with fewer
 * than three censuses, and for a type that does not grow.
 */
export function estimateGrowth(counts: readonly number[]): number {
  if (counts.length < 3) return 0;
  const slopes: number[] = [];
  for (let to = 1; to < counts.length; to++) {
    for (let from = 0; from < to; from++) slopes.push((counts[to]! - counts[from]!) / (to - from));
  }
  slopes.sort((a, b) => a - b);
  return Math.max(0, slopes[Math.floor(slopes.length / 4)]!);
}
