import uPlot from 'uplot';
import type { ChartData, ChartSeries, ColourName } from './chart-data.ts';
import { el } from './element.ts';

export interface Chart {
  readonly node: HTMLElement;
  /** `description` tells those who cannot see the lines what they show. */
  update(data: ChartData, description: string): void;
  close(): void;
}

const HEIGHT = 230;

const decimalSteps = Array.from({ length: 18 }, (_, power) => [1, 2, 5].map((step) => step * 10 ** (power - 3))).flat();

/** For bytes, which are shown in binary units. */
export const binarySteps = Array.from({ length: 45 }, (_, power) => 2 ** power);

/** Lines over time from 0 up, all in one unit, that `show` writes for people. */
export function createChart(show: (value: number) => string, steps: readonly number[] = decimalSteps): Chart {
  const plotNode = el('div', { role: 'img' });
  const node = el('div', { class: 'chart' }, plotNode);
  let plot: uPlot | undefined;
  let shape = '';
  const width = () => Math.max(240, node.clientWidth);
  const resized = new ResizeObserver(() => plot?.setSize({ width: width(), height: HEIGHT }));
  resized.observe(node);
  const scheme = matchMedia('(prefers-color-scheme: dark)');
  const redraw = () => plot?.redraw(false);
  scheme.addEventListener('change', redraw);

  return {
    node,
    update({ times, series }, description) {
      plotNode.setAttribute('aria-label', description);
      const data = [times, ...series.map(({ values }) => values)] as unknown as uPlot.AlignedData;
      const wanted = JSON.stringify(series.map(({ label, colour }) => [label, colour]));
      if (plot !== undefined && shape === wanted) {
        plot.setData(data);
        return;
      }
      plot?.destroy();
      shape = wanted;
      plot = new uPlot(optionsFor(series, { show, steps, width: width() }), data, plotNode);
    },
    close() {
      plot?.destroy();
      resized.disconnect();
      scheme.removeEventListener('change', redraw);
    },
  };
}

interface Drawing {
  readonly show: (value: number) => string;
  readonly steps: readonly number[];
  readonly width: number;
}

function optionsFor(series: readonly ChartSeries[], { show, steps, width }: Drawing): uPlot.Options {
  const axis: uPlot.Axis = {
    stroke: () => colour('quiet'),
    grid: { stroke: () => colour('grid'), width: 1 },
    ticks: { stroke: () => colour('grid'), width: 1 },
    font: '12px system-ui, sans-serif',
  };
  const showIfKnown = (value: number | null | undefined) => (value == null ? '–' : show(value));
  return {
    width,
    height: HEIGHT,
    cursor: { sync: { key: 'time' }, drag: { x: false, y: false } },
    legend: { live: true },
    scales: { y: { range: (_plot, _least, most) => [0, Math.max(most, 1e-9) * 1.08] } },
    axes: [
      { ...axis, values: (_plot, splits, _axis, _space, step) => splits.map((at) => showTime(at, step)) },
      { ...axis, size: 78, incrs: [...steps], values: (_plot, splits) => splits.map(show) },
    ],
    series: [
      { label: 'Time', value: (plot, at) => showTime(at ?? plot.data[0].at(-1) ?? 0, 1) },
      ...series.map(
        (line): uPlot.Series => ({
          label: line.label,
          stroke: () => colour(line.colour),
          width: 2,
          spanGaps: line.isSparse ?? false,
          points: line.isSparse ? { fill: () => colour('background') } : { show: false },
          ...(line.dash && { dash: [...line.dash] }),
          // Where nobody points at a moment, the last one counts.
          value: (plot, value, index) => showIfKnown(plot.cursor.idx == null ? lastOf(plot.data[index]) : value),
        }),
      ),
    ],
  };
}

function lastOf(values: uPlot.AlignedData[number] | undefined): number | null | undefined {
  return values === undefined ? undefined : Array.from(values).findLast((value) => value != null);
}

/** The reader's own time of day; with seconds where the steps are smaller than a minute. */
function showTime(atSeconds: number, stepSeconds: number): string {
  const seconds = stepSeconds < 60 ? ({ second: '2-digit' } as const) : {};
  return new Date(atSeconds * 1000).toLocaleTimeString([], {
    hour: '2-digit',
    minute: '2-digit',
    ...seconds,
    hourCycle: 'h23',
  });
}

/** Read whenever a line is drawn: the reader's system may change from light to dark. */
function colour(name: ColourName | 'quiet' | 'grid' | 'background'): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}
