import type { TypeCount } from '../model/census.ts';

/** Sums what is not exported by its name; readers of censuses use the same name past their own bound. */
export const OTHER_TYPES = '(other)';

/** Renames rows; those that have one name then become one row: a label set must not occur twice. Keeps the order. */
export function mergeRows(types: readonly TypeCount[], rename: (name: string) => string): TypeCount[] {
  const merged = new Map<string, TypeCount>();
  for (const row of types) {
    const type = rename(row.type);
    const before = merged.get(type);
    merged.set(type, before === undefined ? { ...row, type } : add(before, row));
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
