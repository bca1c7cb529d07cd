import type { TypeCount } from '../model/census.ts';

/** The order of a census's types: descending by count, then by name. */
export function byCount(a: TypeCount, b: TypeCount): number {
  return b.count - a.count || (a.type < b.type ? -1 : 1);
}
