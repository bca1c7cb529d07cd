import type { TypeCount } from '../../model/census.ts';

/** Sums what is not exported by its name; readers of censuses use the same name past their own bound. */
export const OTHER_TYPES = '(other)';

/** Renames rows; those that have one name then become one row: a label set must not occur twice. Keeps the order. */
export function mergeRows(types: readonly TypeCount[], rename: (name: string) => string): TypeCount[] {
  const merged = new Map<string, TypeCount>();
  for (const row of types) {
    const type = rename(row.type);
    const before = merged.get(type);
    if (before !== undefined) merged.set(type, add(before, row));
    else merged.set(type, type === row.type ? row : { ...row, type });
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

/** The `most` largest rows, the largest first; of equals those whose names come first. Sorts no more than it must. */
export function largestRows(rows: readonly TypeCount[], by: 'count' | 'bytes', most: number): TypeCount[] {
  const sizes = Float64Array.from(rows, (row) => row[by]).sort();
  const least = sizes[Math.max(0, sizes.length - most)] ?? 0;
  return rows
    .filter((row) => row[by] >= least)
    .sort((a, b) => b[by] - a[by] || compareNames(a, b))
    .slice(0, most);
}

/** By code unit: `localeCompare` would depend on the machine's language. */
function compareNames(a: TypeCount, b: TypeCount): number {
  return a.type < b.type ? -1 : a.type > b.type ? 1 : 0;
}
