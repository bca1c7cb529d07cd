import { printable } from './printable-text.ts';

/** Rows under a heading: the first column is text and flush left, the others are numbers and flush right. */
export function textTable(heading: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [heading, ...rows].map((row) => row.map(printable));
  const widths = heading.map((_, column) => Math.max(...lines.map((row) => [...(row[column] ?? '')].length)));
  const pad = (cell: string, column: number) => {
    const blanks = ' '.repeat((widths[column] ?? 0) - [...cell].length);
    return column === 0 ? cell + blanks : blanks + cell;
  };
  return lines.map((row) => `${row.map(pad).join('  ').trimEnd()}\n`).join('');
}
