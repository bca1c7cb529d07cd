import { el } from './element.ts';

type Cell = string | Node | undefined;

/** A heading; numbers stand flush right. */
export interface Column {
  readonly name: string;
  readonly isNumber?: boolean;
}

/** A table with its caption; the first cell of each row names it. */
export function table(caption: string, columns: readonly Column[], rows: readonly (readonly Cell[])[]): HTMLElement {
  const classOf = (index: number) => (columns[index]?.isNumber ? 'number' : undefined);
  const head = columns.map(({ name }, index) => el('th', { scope: 'col', class: classOf(index) }, name));
  const body = rows.map((cells) =>
    el(
      'tr',
      {},
      cells.map((cell, index) =>
        index === 0 ? el('th', { scope: 'row' }, cell) : el('td', { class: classOf(index) }, cell ?? '–'),
      ),
    ),
  );
  const node = el('table', {}, el('caption', {}, caption), el('thead', {}, el('tr', {}, head)), el('tbody', {}, body));
  // What is wider than the window scrolls, also by keyboard.
  return el('div', { class: 'table', tabindex: '0', role: 'region', 'aria-label': caption }, node);
}
