import type { TypeCount } from '../model/census.ts';

/** Sums what is not exported by its name; readers of censuses use the same name past their own bound. */
const OTHER_TYPES = '(other)';

/** A class may be named with a novel; a label must not be. Characters, not bytes. */
const NAME_LENGTH = 256;

/**
 * Chooses the types that get series of their own: the largest by count and the largest by bytes in turn, until there are
 * `limit` of them. The rest is summed under `(other)`, so that the sums stay those of the census. Descending by count,
 * `(other)` last.
 */
export function selectTypes(types: readonly TypeCount[], limit: number): TypeCount[] {
  const merged = mergeByName(types);
  const named = merged.filter(({ type }) => type !== OTHER_TYPES);
  const byCount = named.toSorted((a, b) => b.count - a.count || compareNames(a, b));
  const byBytes = named.toSorted((a, b) => b.bytes - a.bytes || compareNames(a, b));
  const chosen = new Set<TypeCount>();
  for (let rank = 0; rank < named.length && chosen.size < limit; rank++) {
    chosen.add(byCount[rank]!);
    if (chosen.size < limit) chosen.add(byBytes[rank]!);
  }
  const rest = merged.filter((type) => !chosen.has(type));
  return [
    ...byCount.filter((type) => chosen.has(type)),
    ...mergeByName(rest.map((type) => ({ ...type, type: OTHER_TYPES }))),
  ];
}

/** Two names can be one after they were cut: a label set must not occur twice. */
function mergeByName(types: readonly TypeCount[]): TypeCount[] {
  const merged = new Map<string, TypeCount>();
  for (const type of types) {
    const name = cutName(type.type);
    const before = merged.get(name);
    merged.set(name, before === undefined ? { ...type, type: name } : add(before, type));
  }
  return [...merged.values()];
}

function add(a: TypeCount, b: TypeCount): TypeCount {
  const trackedCount =
    a.trackedCount === undefined || b.trackedCount === undefined ? undefined : a.trackedCount + b.trackedCount;
  return {
    type: a.type,
    count: a.count + b.count,
    bytes: a.bytes + b.bytes,
    ...(trackedCount !== undefined && { trackedCount }),
  };
}

function cutName(name: string): string {
  return name.length <= NAME_LENGTH ? name : `${name.slice(0, NAME_LENGTH - 1)}…`;
}

/** By code unit: `localeCompare` would depend on the machine's language. */
function compareNames(a: TypeCount, b: TypeCount): number {
  return a.type < b.type ? -1 : a.type > b.type ? 1 : 0;
}
