import type { Trend } from './feed.ts';

const WIDTH = 132;
const HEIGHT = 34;
const SVG = 'http://www.w3.org/2000/svg';

/** A line without axes, from 0 up. The figures stand beside it, so it is hidden from screen readers. */
export function createSparkline(): { readonly node: SVGElement; update(trend: Trend): void } {
  const node = svg('svg', { class: 'sparkline', viewBox: `0 0 ${WIDTH} ${HEIGHT}`, 'aria-hidden': 'true' });
  const area = svg('polygon', { class: 'area' });
  const line = svg('polyline', { class: 'line' });
  node.append(area, line);
  return {
    node,
    update(trend) {
      const points = pointsOf(trend);
      line.setAttribute('points', points.join(' '));
      area.setAttribute('points', points.length > 1 ? `0,${HEIGHT} ${points.join(' ')} ${WIDTH},${HEIGHT}` : '');
    },
  };
}

function pointsOf(trend: Trend): string[] {
  const first = trend[0]?.[0] ?? 0;
  const span = (trend.at(-1)?.[0] ?? 0) - first;
  const most = Math.max(1, ...trend.map(([, bytes]) => bytes)) * 1.1;
  if (span <= 0) return [];
  return trend.map(
    ([at, bytes]) => `${(((at - first) / span) * WIDTH).toFixed(1)},${(HEIGHT * (1 - bytes / most)).toFixed(1)}`,
  );
}

function svg(name: string, attributes: Readonly<Record<string, string>>): SVGElement {
  const element = document.createElementNS(SVG, name) as SVGElement;
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}
