/** Repeatable random numbers: the same seed gives the same row of them, on every machine. */
export interface Random {
  /** A whole number in [0, below). */
  below(below: number): number;
  pick<Item>(items: readonly Item[]): Item;
  /** True once in `times`, on average. */
  oneIn(times: number): boolean;
  /** All 64 bits. */
  word(): bigint;
}

/** FNV-1a into splitmix32 (Steele, Lea, Flood: "Fast splittable pseudorandom number generators"). */
export function createRandom(seed: string): Random {
  let state = 0x811c9dc5;
  for (let index = 0; index < seed.length; index++) state = Math.imul(state ^ seed.charCodeAt(index), 0x01000193);
  const next = (): number => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return (mixed ^ (mixed >>> 15)) >>> 0;
  };
  const below = (bound: number) => Math.floor((next() / 2 ** 32) * bound);
  return {
    below,
    pick: (items) => items[below(items.length)]!,
    oneIn: (times) => below(times) === 0,
    word: () => (BigInt(next()) << 32n) | BigInt(next()),
  };
}
