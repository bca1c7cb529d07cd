import type { HistoryCensus } from '../../model/history.ts';
import type { Queue } from './thinned-window.ts';

/** The types of one census with two numbers each; censuses of the same types share their names. */
interface CompactCensus {
  readonly atSeconds: number;
  readonly names: readonly string[];
  /** Count and bytes, in turn. */
  readonly numbers: Float64Array;
}

/** Keeps censuses in little memory: types come back in the order of their names, without what the collector tracks. */
export function createCensusStore(): Queue<HistoryCensus> {
  const censuses: CompactCensus[] = [];
  return {
    get length() {
      return censuses.length;
    },
    first: () => expand(censuses[0]),
    last: () => expand(censuses.at(-1)),
    push: (census) => void censuses.push(compact(census, censuses.at(-1)?.names)),
    shift: () => expand(censuses.shift()),
    pop: () => expand(censuses.pop()),
    items: () => censuses.map((census) => expand(census)!),
  };
}

function compact({ atSeconds, types }: HistoryCensus, lastNames: readonly string[] = []): CompactCensus {
  // By code unit, and not by count, so that the order stays when the counts change.
  const sorted = types.toSorted((a, b) => (a.type < b.type ? -1 : 1));
  const sameNames = sorted.length === lastNames.length && sorted.every(({ type }, index) => type === lastNames[index]);
  return {
    atSeconds,
    names: sameNames ? lastNames : sorted.map(({ type }) => type),
    numbers: Float64Array.from(sorted.flatMap(({ count, bytes }) => [count, bytes])),
  };
}

function expand(census: CompactCensus | undefined): HistoryCensus | undefined {
  if (census === undefined) return undefined;
  const { atSeconds, names, numbers } = census;
  const types = names.map((type, index) => ({ type, count: numbers[2 * index]!, bytes: numbers[2 * index + 1]! }));
  return { atSeconds, types };
}
