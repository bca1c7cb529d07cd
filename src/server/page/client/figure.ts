import type { Chart } from './chart.ts';
import type { ChartData } from './chart-data.ts';
import { el } from './element.ts';

/** A line needs two moments. */
const LEAST_MOMENTS = 2;

/** A chart with its heading, and words in its place while there is nothing to draw. */
export function createFigure(heading: string, chart: Chart, control?: HTMLElement) {
  const waiting = el('p', { class: 'quiet' }, 'Waiting for a second reading.');
  const node = el(
    'section',
    { class: 'figure', 'aria-label': heading },
    el('h2', {}, heading),
    control,
    waiting,
    chart.node,
  );
  return {
    node,
    update(data: ChartData, description: string): void {
      const isDrawn = data.times.length >= LEAST_MOMENTS && hasValues(data);
      waiting.hidden = isDrawn;
      chart.node.hidden = !isDrawn;
      if (isDrawn) chart.update(data, description);
    },
    close: chart.close,
  };
}

function hasValues({ series }: ChartData): boolean {
  return series.some(({ values }) => values.some((value) => value !== null));
}
