import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { chromiumPath, openTab } from '../browser/chromium.ts';
import { testNeeding } from '../real/needs.ts';

// The pictures of docs/scale.md, drawn from its tables; HEAPWATCH_CURVES=docs writes them there.

const folder = process.env.HEAPWATCH_CURVES;
const pageUrl = new URL('./curves.html', import.meta.url).href;
const tables = readTables(readFileSync(new URL('../../docs/scale.md', import.meta.url), 'utf8'));

interface Picture {
  readonly file: string;
  /** The column that goes along all panels. */
  readonly along: string;
  /** The column whose values have a line each; one line without it. */
  readonly by?: string;
  /** Columns that have a panel each. */
  readonly columns: readonly string[];
}

const pictures: readonly Picture[] = [
  { file: 'scale-processes.png', along: 'processes', columns: ['CPU', 'own memory', 'scrape'] },
  { file: 'scale-heap.png', along: 'objects', by: 'runtime', columns: ['CPU of a census', 'most memory', 'vitals'] },
];

for (const picture of pictures) {
  testNeeding('Chromium', chromiumPath !== undefined)(`the curves of ${picture.file}`, async () => {
    const options = { viewport: { width: 960, height: 100 }, deviceScaleFactor: 2 };
    const { page, problems } = await openTab(pageUrl, options);
    await page.evaluate(`drawCurves(${JSON.stringify(drawingOf(picture))})`);
    expect(await page.locator('canvas').count()).toBe(picture.columns.length);
    expect(problems).toEqual([]);
    if (folder !== undefined) await page.screenshot({ path: `${folder}/${picture.file}`, fullPage: true });
  });
}

function drawingOf({ along, by, columns }: Picture) {
  const [table] = tables.filter(([row = {}]) => [along, ...columns].every((column) => column in row));
  const [first, ...others] = table ?? [];
  if (first === undefined) throw new Error(`docs/scale.md has no table of ${columns.join(', ')} by ${along}`);
  const rows = [first, ...others];
  const names = [...new Set(rows.map((row) => nameOf(row, by)))];
  const panels = columns.map((column) => ({
    title: `${column}, ${unitOf(first[column]!)}`,
    curves: names.map((name) => {
      const own = rows.filter((row) => nameOf(row, by) === name);
      return { xs: own.map((row) => numberOf(row[along]!)), ys: own.map((row) => numberOf(row[column]!)) };
    }),
  }));
  return { along, names, panels };
}

/** By the names of the columns. */
type Row = Readonly<Record<string, string>>;

/** All tables of a Markdown file. */
function readTables(text: string): Row[][] {
  return [...text.matchAll(/(?:^\|.*\|\n)+/gm)].map(([table]) => {
    const [head = [], , ...rows] = table.trim().split('\n').map(cellsOf);
    return rows.map((cells) => Object.fromEntries(head.map((name, index) => [name, cells[index] ?? ''])));
  });
}

function cellsOf(line: string): string[] {
  return line
    .slice(1, -1)
    .split('|')
    .map((cell) => cell.trim());
}

function nameOf(row: Row, by: string | undefined): string {
  return by === undefined ? '' : row[by]!;
}

/** Of `1,026,363` and `2.4 % of a core`. */
function numberOf(cell: string): number {
  return Number.parseFloat(cell.replaceAll(',', ''));
}

function unitOf(cell: string): string {
  return cell.replace(/^[\d.,]+\s*/, '');
}
