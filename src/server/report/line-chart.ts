import { type Html, html } from '../page/html.ts';
import { showSeconds } from '../page/quantity.ts';

export interface Line {
  readonly name: string;
  /** Pairs of Unix time and value, ascending by time. */
  readonly points: readonly (readonly [atSeconds: number, value: number])[];
}

export interface ChartContent {
  /** What is shown, for those who do not see it. */
  readonly title: string;
  /** At most five. */
  readonly lines: readonly Line[];
  /** A ceiling, drawn across when it is not too far above the lines. */
  readonly limit?: { readonly name: string; readonly value: number } | undefined;
  /** Where the chart ends. */
  readonly endSeconds: number;
  readonly show: (value: number) => string;
}

const WIDTH = 800;
const HEIGHT = 220;
const LEFT = 70;
const BOTTOM = 20;
const TOP = 8;
/** A limit that is farther above would press all lines to the ground. */
const LIMIT_IN_SIGHT = 3;

/** Lines over time as SVG that needs nothing else; nothing when there are not two points. */
export function lineChart({ title, lines, limit, endSeconds, show }: ChartContent): Html | undefined {
  const drawn = lines.filter(({ points }) => points.length > 1).slice(0, 5);
  const points = drawn.flatMap((line) => line.points);
  if (points.length === 0) return undefined;
  const startSeconds = points.reduce((least, [at]) => Math.min(least, at), endSeconds);
  const highest = points.reduce((most, [, value]) => Math.max(most, value), 1);
  const limitShown = limit !== undefined && limit.value <= LIMIT_IN_SIGHT * highest ? limit : undefined;
  const top = Math.max(highest, limitShown?.value ?? 0) * 1.05;
  const x = (at: number) => LEFT + ((at - startSeconds) / Math.max(1e-3, endSeconds - startSeconds)) * (WIDTH - LEFT);
  const y = (value: number) => HEIGHT - BOTTOM - (value / top) * (HEIGHT - BOTTOM - TOP);
  const path = (line: Line) => line.points.map(([at, value]) => `${x(at).toFixed(1)},${y(value).toFixed(1)}`).join(' ');
  return html`<figure>
<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${title}">
<rect class="frame" x="${LEFT}" y="${TOP}" width="${WIDTH - LEFT}" height="${HEIGHT - BOTTOM - TOP}"/>
${[highest, highest / 2].map((value) => html`<text x="${LEFT - 6}" y="${y(value) + 4}" text-anchor="end">${show(value)}</text>`)}
<text x="${LEFT}" y="${HEIGHT - 5}">${showSeconds(endSeconds - startSeconds)} before</text>
<text x="${WIDTH}" y="${HEIGHT - 5}" text-anchor="end">the end</text>
${limitShown && html`<line class="limit series-1" x1="${LEFT}" x2="${WIDTH}" y1="${y(limitShown.value)}" y2="${y(limitShown.value)}"/>`}
${drawn.map((line, index) => html`<polyline class="series-${index}" points="${path(line)}"/>`)}
</svg>
<figcaption>${drawn.map((line, index) => html`<span class="series-${index}">▬</span> ${line.name} `)}
${limitShown && html`<span class="series-1">- -</span> ${limitShown.name}, ${show(limitShown.value)}`}</figcaption>
</figure>`;
}
