/** Where "little headroom" begins, as the alert of that name has it. */
const FULL = 0.9;
const HIGH = 0.75;

/** How much of a limit is used. The figure stands beside it, so it is hidden from screen readers. */
export function usageBar(ratio: number): SVGElement {
  const bar = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  bar.setAttribute('class', `usage ${ratio >= FULL ? 'full' : ratio >= HIGH ? 'high' : ''}`);
  bar.setAttribute('viewBox', '0 0 100 6');
  bar.setAttribute('preserveAspectRatio', 'none');
  bar.setAttribute('aria-hidden', 'true');
  for (const [name, width] of [
    ['all', 100],
    ['used', Math.min(100, ratio * 100)],
  ] as const) {
    const part = document.createElementNS('http://www.w3.org/2000/svg', 'rect');
    part.setAttribute('class', name);
    part.setAttribute('width', width.toFixed(1));
    part.setAttribute('height', '6');
    bar.append(part);
  }
  return bar;
}
