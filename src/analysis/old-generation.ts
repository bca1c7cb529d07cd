import type { TypeCount } from '../model/census.ts';

/** Counts without what is young: what has outlived collections is close to what lives. Types that are young only are left out. */
export function oldGeneration(types: readonly TypeCount[]): readonly TypeCount[] {
  if (types.every(({ youngCount }) => youngCount === undefined)) return types;
  return types
    .map(({ youngCount = 0, youngBytes = 0, ...row }) => ({
      ...row,
      count: row.count - youngCount,
      bytes: row.bytes - youngBytes,
    }))
    .filter(({ count }) => count > 0);
}
