import { Registry } from 'prom-client';
import type { CompatMetric, CompatSample } from '../metrics/compat/compat-metric.ts';
import { type CompatName, compatSets } from '../metrics/compat/compat-sets.ts';
import type { SnapshotSource, TargetSnapshot } from '../model/snapshot.ts';
import { type ExpositionFormat, negotiateFormat } from './accept.ts';
import type { Exposition } from './exposition.ts';
import { createLabelSets, type Labels } from './label-sets.ts';

export type { CompatName };

const CONTENT_TYPES: Readonly<Record<ExpositionFormat, string>> = {
  text: Registry.PROMETHEUS_CONTENT_TYPE,
  openmetrics: Registry.OPENMETRICS_CONTENT_TYPE,
};

/**
 * A page of the watched processes' metrics under the names that client libraries give them. It is not /metrics: there
 * `process_*` and `nodejs_*` are heapwatch's own, which its alerts and dashboard rely on. Written here and not by prom-client,
 * which can say of a summary only what it has observed itself.
 */
export function createCompatExposition(source: SnapshotSource, names: readonly CompatName[]): Exposition {
  const families = groupByName([...new Set(names)].flatMap((name) => compatSets[name]));
  const labelSetsOf = createLabelSets();
  return {
    async page(accept) {
      const format = negotiateFormat(accept);
      const { targets } = source.latest();
      const lines = [...families.values()].flatMap((family) => {
        const series = targets.flatMap((target) => seriesLines(family, target, labelSetsOf(target.target).base));
        return series.length === 0 ? [] : [...headerLines(family[0]!, format), ...series];
      });
      const end = format === 'openmetrics' ? ['# EOF'] : [];
      return { contentType: CONTENT_TYPES[format], body: [...lines, ...end, ''].join('\n') };
    },
  };
}

/** `process_*` are of several libraries, and one family. */
function groupByName(metrics: readonly CompatMetric[]): ReadonlyMap<string, readonly CompatMetric[]> {
  const families = new Map<string, CompatMetric[]>();
  for (const metric of metrics) families.set(metric.name, [...(families.get(metric.name) ?? []), metric]);
  return families;
}

function headerLines({ name, kind, help }: CompatMetric, format: ExpositionFormat): string[] {
  const family = format === 'openmetrics' ? name.replace(/_total$/, '') : name;
  return [`# HELP ${family} ${help}`, `# TYPE ${family} ${kind}`];
}

function seriesLines(family: readonly CompatMetric[], target: TargetSnapshot, base: Labels): string[] {
  const metric = family.find(({ runtime }) => runtime === target.target.runtime);
  return (metric?.read(target) ?? []).filter(isPossible).map(({ suffix = '', labels, value }) => {
    const pairs = Object.entries({ ...base, ...labels }).map(([label, text]) => `${label}="${escapeLabel(text)}"`);
    return `${metric!.name}${suffix}{${pairs.join(',')}} ${value}`;
  });
}

function isPossible({ value }: CompatSample): boolean {
  return Number.isFinite(value) && value >= 0;
}

function escapeLabel(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"');
}
