import { type Sample, type TargetLabel, targetLabels } from '../metrics/definition.ts';
import type { Target } from '../model/target.ts';

export type Labels = Readonly<Record<string, string>>;

/** The label sets of one metric of one target. */
export interface LabelSets {
  /** Of the series without labels of its own. */
  readonly base: Labels;
  /** Of the series that stands at this place among the others. */
  at(place: number, own: Sample['labels']): Labels;
}

/** For metrics of the exporter itself, which have few series. */
export const plainLabels: LabelSets = { base: {}, at: (_place, own) => mergeLabels({}, own) };

/**
 * Makes one metric's label sets. They are most of a scrape's garbage, and prom-client keeps those that it is given until
 * the next scrape: a series that stands where it stood the last time gets the same object again. A target has the same
 * labels wherever it is shown.
 */
export function createLabelSets(names: readonly TargetLabel[] = targetLabels): (target: Target) => LabelSets {
  const byTarget = new WeakMap<Target, LabelSets>();
  return (target) => {
    const sets = byTarget.get(target) ?? rememberLabels(baseOf(target, names));
    byTarget.set(target, sets);
    return sets;
  };
}

function rememberLabels(base: Labels): LabelSets {
  const known: Labels[] = [];
  return {
    base,
    at(place, own) {
      const before = known[place];
      if (before !== undefined && contains(before, own)) return before;
      const labels = mergeLabels(base, own);
      known[place] = labels;
      return labels;
    },
  };
}

function contains(all: Labels, own: Sample['labels']): boolean {
  for (const name in own) {
    if (all[name] !== own[name]) return false;
  }
  return true;
}

function mergeLabels(base: Labels, own: Sample['labels']): Labels {
  const all: Record<string, string> = { ...base };
  for (const name in own) {
    const value = own[name];
    if (value !== undefined) all[name] = value;
  }
  return all;
}

/** Those labels of a target that are asked for. */
function labelsOf({ serviceName, runtime, process, kubernetes }: Target, names: readonly TargetLabel[]): Labels {
  const own = { service_name: serviceName, runtime, pid: String(process.pid) };
  const { namespace, pod, container } = kubernetes ?? {};
  const labels: Readonly<Record<TargetLabel, string | undefined>> = { ...own, namespace, pod, container };
  return mergeLabels({}, Object.fromEntries(names.map((name) => [name, labels[name]])));
}

const bases = new WeakMap<Target, Labels>();

/** One object for all metrics of a target. */
function baseOf(target: Target, names: readonly TargetLabel[]): Labels {
  const base = bases.get(target) ?? labelsOf(target, names);
  bases.set(target, base);
  return base;
}
