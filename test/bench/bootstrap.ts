const draws = 1000;

/** Of values in any order, 0 <= share <= 1. */
export function quantile(values: Float64Array, share: number): number {
  const sorted = values.slice().sort();
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!;
}

/**
 * The one-sided upper bound, at `confidence`, of the ratio between a statistic of two measurements that were made in
 * pairs of blocks: the pairs are drawn again with replacement, 1000 times, always in the same way.
 */
export function boundOfRatio(
  ours: readonly Float64Array[],
  theirs: readonly Float64Array[],
  statistic: (values: Float64Array) => number,
  confidence: number,
): number {
  const random = createRandom(1);
  const ratios = Float64Array.from({ length: draws }, () => {
    const drawn = ours.map(() => Math.floor(random() * ours.length));
    return statistic(pick(ours, drawn)) / statistic(pick(theirs, drawn));
  });
  return quantile(ratios, confidence);
}

function pick(blocks: readonly Float64Array[], indices: readonly number[]): Float64Array {
  const all = new Float64Array(indices.reduce((length, index) => length + blocks[index]!.length, 0));
  let at = 0;
  for (const index of indices) {
    all.set(blocks[index]!, at);
    at += blocks[index]!.length;
  }
  return all;
}

/** Mulberry32: 0 <= value < 1. */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
