/** The formats of /metrics: Prometheus' text format 0.0.4, and OpenMetrics 1.0.0. */
export type ExpositionFormat = 'text' | 'openmetrics';

interface MediaRange {
  readonly type: string;
  readonly version: string | undefined;
  readonly quality: number;
}

/**
 * Chooses the format by an Accept header (RFC 9110, section 12.5.1): the one of highest quality, of equals the first. The
 * text format to those that want something else or do not say: every scraper reads it, and people can.
 *
 * @example negotiateFormat('application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5') // openmetrics
 */
export function negotiateFormat(accept: string | undefined): ExpositionFormat {
  let best: { readonly format: ExpositionFormat; readonly quality: number } = { format: 'text', quality: 0 };
  for (const range of (accept ?? '').split(',').map(parseRange)) {
    const format = formatOf(range);
    if (format !== undefined && range.quality > best.quality) best = { format, quality: range.quality };
  }
  return best.format;
}

/** Undefined for what we cannot write: protobuf, OpenMetrics 0.0.1, Prometheus' text format 1.0.0, HTML. */
function formatOf({ type, version }: MediaRange): ExpositionFormat | undefined {
  if (type === 'application/openmetrics-text')
    return version === undefined || version === '1.0.0' ? 'openmetrics' : undefined;
  if (type === 'text/plain') return version === undefined || version === '0.0.4' ? 'text' : undefined;
  return type === 'text/*' || type === '*/*' ? 'text' : undefined;
}

function parseRange(range: string): MediaRange {
  const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
  const values = new Map(parameters.map((parameter) => split(parameter)));
  const quality = Number(values.get('q') ?? 1);
  return { type, version: values.get('version'), quality: quality >= 0 && quality <= 1 ? quality : 0 };
}

function split(parameter: string): readonly [name: string, value: string] {
  const [, name = '', value = ''] = /^([^=\s]*)\s*=\s*"?(.*?)"?$/.exec(parameter) ?? [];
  return [name, value];
}
