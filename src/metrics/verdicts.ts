import type { Cause, Suspect, Verdict } from '../model/assessment.ts';
import type { TargetSnapshot } from '../model/snapshot.ts';
import { everyRuntime, type Sample, targetMetric } from './definition.ts';

/** Every verdict with every cause that it may have. */
const states: readonly { readonly verdict: Verdict; readonly cause: Cause | '' }[] = [
  { verdict: 'warming_up', cause: '' },
  { verdict: 'healthy', cause: '' },
  { verdict: 'leak', cause: 'objects' },
  { verdict: 'leak', cause: 'native' },
  { verdict: 'leak', cause: 'uncollectable' },
  { verdict: 'backlog', cause: '' },
  { verdict: 'overflow', cause: 'undersized' },
  { verdict: 'overflow', cause: 'burst' },
];

/** What is the matter with a process, what of, and how long it takes: docs/verdicts.md. */
export const verdictMetrics = [
  targetMetric({
    name: 'heapwatch_verdict',
    kind: 'gauge',
    help: 'Whether this verdict with this cause is that of the process (1) or not (0), see docs/verdicts.md.',
    labels: ['verdict', 'cause'],
    runtimes: everyRuntime,
    read: ({ assessment }) =>
      assessment === undefined
        ? []
        : states.map(({ verdict, cause }) => ({
            labels: { verdict, cause },
            value: Number(assessment.verdict === verdict && (assessment.cause ?? '') === cause),
          })),
  }),
  targetMetric({
    name: 'heapwatch_growth_bytes_per_second',
    kind: 'gauge',
    help: 'Growth that a verdict of leak or backlog rests on, of the live heap or of native memory, without what load explains; absent when nothing grows.',
    labels: [],
    runtimes: everyRuntime,
    // What threads and descriptors hold is not known.
    read: ({ assessment }) => assessment?.growth?.bytesPerSecond || undefined,
  }),
  targetMetric({
    name: 'heapwatch_growth_start_timestamp_seconds',
    kind: 'gauge',
    help: 'Unix time at which that growth began.',
    labels: [],
    runtimes: everyRuntime,
    read: ({ assessment }) => assessment?.growth?.sinceSeconds,
  }),
  targetMetric({
    name: 'heapwatch_limit_eta_seconds',
    kind: 'gauge',
    help: 'Time until each limit is reached at that growth, the one of direct buffers at the latest; absent for limits that nothing grows towards.',
    labels: ['limit'],
    runtimes: everyRuntime,
    read: ({ assessment }) =>
      (assessment?.limits ?? []).map(({ limit, etaSeconds }) => ({ labels: { limit }, value: etaSeconds })),
  }),
  targetMetric({
    name: 'heapwatch_oom_eta_seconds',
    kind: 'gauge',
    help: 'Time until the first of the limits is reached; absent when nothing grows.',
    labels: [],
    runtimes: everyRuntime,
    read: ({ assessment }) => assessment?.oomEtaSeconds,
  }),
  targetMetric({
    name: 'heapwatch_suspect_rank',
    kind: 'gauge',
    help: 'Types that a leak or backlog is made of, 1 for the most suspicious; up to 5, of the types that are exported.',
    labels: ['type'],
    runtimes: everyRuntime,
    read: (target) => samplesByType(target, target.assessment?.suspects, (_, rank) => rank),
  }),
  targetMetric({
    name: 'heapwatch_objects_growth_per_second',
    kind: 'gauge',
    help: 'Objects that a type gains per second, by the line through its censuses, without what load explains; only types that grow steadily, the 10 most suspicious.',
    labels: ['type'],
    runtimes: everyRuntime,
    read: (target) =>
      samplesByType(target, target.assessment?.growingTypes.slice(0, 10), ({ objectsPerSecond }) => objectsPerSecond),
  }),
];

/** Types that have no series of their own are left out, not renamed: ranks of several must not meet in one. */
function samplesByType(
  { exportedTypes }: TargetSnapshot,
  suspects: readonly Suspect[] = [],
  value: (suspect: Suspect, rank: number) => number,
): Sample<'type'>[] {
  if (suspects.length === 0) return [];
  const exported = new Set(exportedTypes.map(({ type }) => type));
  return suspects
    .map((suspect, index) => ({ labels: { type: suspect.type }, value: value(suspect, index + 1) }))
    .filter(({ labels }) => exported.has(labels.type));
}
