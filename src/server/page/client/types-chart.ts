import type { PastCensus } from './api-types.ts';
import { type ChartData, chartColours } from './chart-data.ts';
import { typeGrowth } from './type-growth.ts';

/** More lines than this cannot be told apart. */
const LINES = 6;

export type TypeMeasure = 'count' | 'bytes';

/** Objects, or their bytes, of the types that matter: suspects, then what changes or is most. */
export function typesChart(
  censuses: readonly PastCensus[],
  suspects: readonly string[],
  measure: TypeMeasure,
): ChartData {
  const known = new Set(censuses.at(-1)?.types.map(({ type }) => type));
  const most = typeGrowth(censuses)
    .toSorted((a, b) => Math.abs(deltaOf(b)) - Math.abs(deltaOf(a)) || b[measure] - a[measure])
    .map(({ type }) => type);
  function deltaOf({ countDelta = 0, bytesDelta = 0 }: { countDelta?: number; bytesDelta?: number }): number {
    return measure === 'count' ? countDelta : bytesDelta;
  }
  const shown = [...new Set([...suspects.filter((type) => known.has(type)), ...most])].slice(0, LINES);
  const rows = censuses.map(({ types }) => new Map(types.map((row) => [row.type, row[measure]])));
  return {
    times: censuses.map(({ at_seconds }) => at_seconds),
    series: shown.map((type, index) => ({
      label: type,
      colour: chartColours[index % chartColours.length]!,
      isSparse: true,
      values: rows.map((row) => row.get(type) ?? null),
    })),
  };
}
