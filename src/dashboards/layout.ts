import type { Panel, Section } from './panel.ts';

/** Where a panel or a heading stands in Grafana's grid of 24 columns. */
export interface GridPosition {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

const COLUMNS = 24;

/** Lines panels up from left to right below their section's heading; a line is as high as its highest panel. */
export function layOut(sections: readonly Section[]): ReadonlyMap<Panel | Section, GridPosition> {
  const positions = new Map<Panel | Section, GridPosition>();
  let y = 0;
  for (const section of sections) {
    positions.set(section, { x: 0, y, w: COLUMNS, h: 1 });
    y += 1;
    let x = 0;
    let lineHeight = 0;
    for (const panel of section.panels) {
      if (x + panel.width > COLUMNS) {
        x = 0;
        y += lineHeight;
        lineHeight = 0;
      }
      positions.set(panel, { x, y, w: panel.width, h: panel.height });
      x += panel.width;
      lineHeight = Math.max(lineHeight, panel.height);
    }
    y += lineHeight;
  }
  return positions;
}
