import type { catalogue, MetricName } from '../metrics/catalogue.ts';
import type { targetLabels } from '../metrics/definition.ts';

type RecordOf<Name extends MetricName> = Extract<(typeof catalogue)[number], { readonly name: Name }>;

/** What Prometheus, or a node agent, says of where a series comes from. */
type ScrapeLabel = 'job' | 'instance' | 'namespace' | 'pod' | 'container';

/** The labels that the series of a metric can have. */
export type LabelOf<Name extends MetricName> =
  | ScrapeLabel
  | RecordOf<Name>['labels'][number]
  | (RecordOf<Name> extends { readonly of: 'target' } ? (typeof targetLabels)[number] : never);

/** A string matches as a whole, a regular expression as PromQL's `=~` does: from the first to the last character. */
export type Matchers<Name extends MetricName> = { readonly [Label in LabelOf<Name>]?: string | RegExp };

/**
 * Selects series of our catalogue in PromQL: a metric or a label that does not exist does not compile.
 *
 * @example metric('heapwatch_objects', { type: 'dict' }) // heapwatch_objects{type="dict"}
 */
export function metric<Name extends MetricName>(name: Name, matchers: Matchers<Name> = {}): string {
  const selected = Object.entries<string | RegExp | undefined>(matchers).map(([label, value]) =>
    value instanceof RegExp ? `${label}=~${JSON.stringify(value.source)}` : `${label}=${JSON.stringify(value)}`,
  );
  return selected.length === 0 ? name : `${name}{${selected.join(', ')}}`;
}
