import type { TypeCount } from '../../model/census.ts';

/** Where the past of a type is kept, and what it had at the last census. */
export interface TypeColumn {
  readonly type: string;
  readonly column: number;
  readonly count: number;
  readonly bytes: number;
}

/** Gives the types of censuses columns: at most `most`, so that the past of a target has a bound. */
export interface TypeColumns {
  readonly known: ReadonlyMap<string, TypeColumn>;
  /** Notes a census. `cleared` is told of a column that is given to another type. */
  note(types: readonly TypeCount[], complete: boolean, cleared: (column: number) => void): void;
}

export function createTypeColumns(most: number, saved: readonly TypeColumn[] = []): TypeColumns {
  const known = new Map<string, TypeColumn>(saved.slice(0, most).map((each) => [each.type, each]));

  /** A column of its own, or that of a type which is smaller than this one. */
  function find(type: string, bytes: number, cleared: (column: number) => void): number | undefined {
    const column = known.get(type)?.column;
    if (column !== undefined) return column;
    if (known.size < most) return known.size;
    let smallest: TypeColumn | undefined;
    for (const each of known.values()) if (smallest === undefined || each.bytes < smallest.bytes) smallest = each;
    if (smallest === undefined || smallest.bytes >= bytes) return undefined;
    known.delete(smallest.type);
    cleared(smallest.column);
    return smallest.column;
  }

  return {
    known,
    note(types, complete, cleared) {
      if (complete)
        for (const { type, column } of known.values()) known.set(type, { type, column, count: 0, bytes: 0 });
      for (const { type, count, bytes } of types) {
        const column = find(type, bytes, cleared);
        if (column !== undefined) known.set(type, { type, column, count, bytes });
      }
    },
  };
}
