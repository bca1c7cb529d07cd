import type { TypeCount } from '../../model/census.ts';
import { foldNames, formOf } from './name-folding.ts';
import { assignPlaces, type Places, rankingLength } from './places.ts';
import { estimateGrowth, type PastCounts, REMEMBERED_TYPES, rememberCounts } from './type-growth.ts';
import { safeTypeName } from './type-name.ts';
import { largestRows, mergeRows, OTHER_TYPES } from './type-rows.ts';

/** The types of a target that get series of their own, and what the choice after the next census needs of this one. */
export interface TypeSelection {
  /** The most telling first, `(other)` last; their sums are those of the census. */
  readonly exported: readonly TypeCount[];
  readonly places: Places;
  readonly past: PastCounts;
  readonly foldedForms: ReadonlySet<string>;
}

export const nothingSelected: TypeSelection = {
  exported: [],
  places: new Map(),
  past: new Map(),
  foldedForms: new Set(),
};

/**
 * Chooses the types that get series of their own: the largest by count, by bytes and by growth in turn, until there are
 * `limit` of them; those of the selection `before` keep their place for a while. A type that vanished from the heap is
 * shown with 0 objects until it leaves; when the census is not `complete`, it was only not seen, and has no number. The
 * rest is summed under `(other)`. Names are made safe, and endless ones folded.
 */
export function selectTypes(
  types: readonly TypeCount[],
  limit: number,
  before: TypeSelection = nothingSelected,
  complete = true,
): TypeSelection {
  const folded = foldNames(mergeRows(types, safeTypeName), before.foldedForms);
  const rows = new Map(folded.types.map((row) => [row.type, row]));
  const named = folded.types.filter(({ type }) => type !== OTHER_TYPES);
  const most = rankingLength(limit);
  const byCount = largestRows(named, 'count', Math.max(most, REMEMBERED_TYPES));
  const byBytes = largestRows(named, 'bytes', most);
  const past = rememberCounts(before.past, byCount);
  const ranking = takeInTurn([byCount, byBytes, growing(byCount, past)], most);
  // What was summed under another name in one of the two censuses has not vanished, nor what the reader did not tell.
  const hasVanished = (name: string) =>
    complete && !rows.has(OTHER_TYPES) && !before.foldedForms.has(formOf(name)) && !folded.forms.has(formOf(name));
  const known = new Map([...before.places].filter(([name]) => rows.has(name) || hasVanished(name)));
  const places = assignPlaces(ranking, known, limit);
  const rest = folded.types.filter(({ type }) => !places.has(type));
  return {
    exported: [
      ...[...places.keys()].map((type) => rows.get(type) ?? { type, count: 0, bytes: 0 }),
      ...mergeRows(rest, () => OTHER_TYPES),
    ],
    places,
    past,
    foldedForms: folded.forms,
  };
}

function growing(byCount: readonly TypeCount[], past: PastCounts): TypeCount[] {
  return byCount
    .map((row) => ({ row, growth: estimateGrowth(past.get(row.type) ?? []) }))
    .filter(({ growth }) => growth > 0)
    .sort((a, b) => b.growth - a.growth)
    .map(({ row }) => row);
}

/** The first of each list, then the second of each, until there are `most` names. */
function takeInTurn(lists: readonly (readonly TypeCount[])[], most: number): string[] {
  const taken = new Set<string>();
  const longest = Math.max(...lists.map((list) => list.length));
  for (let rank = 0; rank < longest; rank++) {
    for (const list of lists) {
      if (taken.size === most) return [...taken];
      const row = list[rank];
      if (row !== undefined) taken.add(row.type);
    }
  }
  return [...taken];
}
