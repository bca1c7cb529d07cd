/** The names that hold a place, and for how many rankings in a row each has been clearly out. */
export type Places = ReadonlyMap<string, number>;

/** A name is clearly in when it ranks in this share of the places, and clearly out beyond this multiple of them. */
const CLEARLY_IN = 0.8;
const CLEARLY_OUT = 1.2;

/** Rankings in a row after which a name that is clearly out leaves. */
const PATIENCE = 3;

/** How much of a ranking `assignPlaces` looks at. */
export function rankingLength(limit: number): number {
  return Math.ceil(limit * CLEARLY_OUT);
}

/**
 * Gives at most `limit` names a place, so that who holds one keeps it while rankings tremble. A name enters when it is
 * clearly in, or a place is free. It leaves when it has been clearly out three times in a row; or at once, as the last of
 * the ranking, when one that is clearly in has no place otherwise. `ranking` is best first, each name once; what it does
 * not hold is clearly out.
 */
export function assignPlaces(ranking: readonly string[], before: Places, limit: number): Places {
  const ranks = new Map(ranking.slice(0, rankingLength(limit)).map((name, rank) => [name, rank]));
  const rankOf = (name: string) => ranks.get(name) ?? ranks.size;
  const outFor = (name: string) => (ranks.has(name) ? 0 : (before.get(name) ?? 0) + 1);
  const staying = [...before.keys()]
    .filter((name) => outFor(name) < PATIENCE)
    .sort((a, b) => rankOf(a) - rankOf(b) || outFor(a) - outFor(b));
  const entering = ranking.slice(0, Math.ceil(limit * CLEARLY_IN)).filter((name) => !before.has(name));
  const names = new Set([...entering, ...staying.slice(0, Math.max(0, limit - entering.length))]);
  for (const name of ranking.slice(0, limit)) {
    if (names.size < limit) names.add(name);
  }
  return new Map([...names].sort((a, b) => rankOf(a) - rankOf(b)).map((name) => [name, outFor(name)]));
}
