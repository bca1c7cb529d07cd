/**
 * The largest share of a capacity that everyone may have: who wishes for less leaves the rest to the others. Infinite when
 * there is enough for all.
 */
export function fairShare(wishes: readonly number[], capacity: number): number {
  let left = capacity;
  let waiting = wishes.length;
  for (const wish of wishes.toSorted((a, b) => a - b)) {
    if (wish * waiting > left) return left / waiting;
    left -= wish;
    waiting--;
  }
  return Number.POSITIVE_INFINITY;
}
