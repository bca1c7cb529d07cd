/** Enough for the longest setting; the cost of a comparison grows with the square. */
const LONGEST_WORD = 64;

/**
 * The known word that was probably meant: it ends in what was written (`min-age` for `discovery.min-age`), or differs in
 * at most two letters, a quarter of a short word. Undefined when there is none.
 */
export function suggest(word: string, known: readonly string[]): string | undefined {
  if (word === '' || word.length > LONGEST_WORD) return undefined;
  const tail = known.find((candidate) => candidate.endsWith(`.${word}`));
  if (tail !== undefined) return tail;
  const nearest = known
    .map((candidate) => ({ candidate, distance: editDistance(word, candidate) }))
    .sort((a, b) => a.distance - b.distance)[0];
  const most = Math.min(2, Math.floor(word.length / 4));
  return nearest !== undefined && nearest.distance <= most ? nearest.candidate : undefined;
}

/** `: did you mean "--web.listen-address"?`, or nothing when nobody knows. */
export function didYouMean(word: string, known: readonly string[], prefix = ''): string {
  const suggestion = suggest(word, known);
  return suggestion === undefined ? '' : `: did you mean "${prefix}${suggestion}"?`;
}

/** Letters to insert, delete or replace (Levenshtein). */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const replaced = row[j - 1]! + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[to.length]!;
}
