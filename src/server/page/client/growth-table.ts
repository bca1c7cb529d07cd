import { showBytes, showCount, showSeconds } from '../quantity.ts';
import type { PastCensus } from './api-types.ts';
import { el } from './element.ts';
import { table } from './table.ts';
import { type TypeChange, typeGrowth } from './type-growth.ts';

const ROWS = 15;

/** What each type gained over the censuses shown. */
export function growthTable(censuses: readonly PastCensus[], suspects: readonly string[]): HTMLElement {
  const seconds = (censuses.at(-1)?.at_seconds ?? 0) - (censuses[0]?.at_seconds ?? 0);
  const rows = typeGrowth(censuses).slice(0, ROWS);
  if (rows.length === 0) return el('p', { class: 'quiet' }, 'No census has succeeded yet.');
  const caption =
    seconds > 0 ? `Types, and what they gained in ${showSeconds(seconds)}` : 'Types, as of the only census yet';
  const columns = [
    { name: 'Type' },
    ...['Objects', 'Gained', 'Bytes', 'Gained bytes'].map((name) => ({ name, isNumber: true })),
  ];
  return table(
    caption,
    columns,
    rows.map((row) => cells(row, suspects)),
  );
}

function cells(
  { type, count, bytes, countDelta, bytesDelta }: TypeChange,
  suspects: readonly string[],
): (string | Node | undefined)[] {
  const rank = suspects.indexOf(type);
  const name = el('code', { class: rank < 0 ? undefined : 'suspect' }, type);
  return [
    rank < 0 ? name : el('span', {}, name, ' ', el('small', { class: 'tag' }, `suspect ${rank + 1}`)),
    showCount(count),
    countDelta === undefined ? undefined : signed(countDelta, showCount),
    showBytes(bytes),
    bytesDelta === undefined ? undefined : signed(bytesDelta, showBytes),
  ];
}

/** With a true minus, which is as wide as the plus. */
function signed(delta: number, show: (value: number) => string): string {
  if (delta === 0) return '0';
  return `${delta > 0 ? '+' : '−'}${show(Math.abs(delta))}`;
}
