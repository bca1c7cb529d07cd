import type { Evidence, LimitName } from '../model/assessment.ts';
import { duration, percent, perHour } from './quantity-words.ts';
import type { Shortage } from './shortage.ts';
import type { Suspicion } from './suspicion.ts';
import { backlog, overflow, steadyGrowth } from './thresholds.ts';

/** Says in words what was looked at, what it showed and where the line is. */
export function evidenceOf(suspicion: Suspicion | undefined, shortage: Shortage | undefined): Evidence[] {
  return [...(suspicion ? growthEvidence(suspicion) : []), ...(shortage ? shortageEvidence(shortage) : [])];
}

const RULES = {
  types: 'type',
  floor: 'floor',
  fds: 'handle',
  threads: 'handle',
  native: 'native',
  metaspace: 'native',
} as const;

const WHAT = {
  floor: 'the live heap',
  fds: 'the number of open descriptors',
  threads: 'the number of threads',
  native: 'memory outside the heap',
  metaspace: 'the memory of classes that full collections do not unload (metaspace)',
} as const;

const LIMITS: Readonly<Record<LimitName, string>> = {
  heap: 'the heap limit',
  metaspace: 'the limit of metaspace',
  direct: 'the limit of direct buffers, at the latest,',
  cgroup: "the container's memory limit",
  node: 'the end of the memory of the node',
};

function growthEvidence({
  basis,
  types,
  trend,
  spanSeconds,
  neededSeconds,
  speed,
  step,
  limit,
  etaSeconds,
}: Suspicion): Evidence[] {
  const rules = steadyGrowth[RULES[basis]];
  const what = basis === 'types' ? `the number of ${types[0]!.type} objects` : WHAT[basis];
  const bytesPerSecond = speed.heap + speed.outside;
  const rate = bytesPerSecond > 0 ? `, by ${perHour(bytesPerSecond)} in all` : '';
  const left =
    limit === undefined || etaSeconds === undefined
      ? ''
      : `; at this rate ${LIMITS[limit]} is reached in ${duration(etaSeconds)}`;
  return [
    {
      signal: 'growth_significance',
      observed: trend.significance,
      threshold: rules.significance,
      exceeded: trend.significance >= rules.significance,
      words: `${what} grows steadily${rate}: ${Math.round(trend.significance)} standard errors above no growth, with load taken out`,
    },
    {
      signal: 'growth_duration_seconds',
      observed: spanSeconds,
      threshold: neededSeconds,
      exceeded: spanSeconds >= neededSeconds,
      words: `it has grown for ${duration(spanSeconds)}; ${duration(neededSeconds)} were needed to call it${left}`,
    },
    {
      signal: 'growth_straightness',
      observed: trend.straightness,
      threshold: rules.straightness,
      exceeded: trend.straightness >= rules.straightness,
      words: `it now grows at ${percent(trend.straightness)} of the rate at which it began; a cache that fills or a warm-up would have slowed down`,
    },
    ...(step ? [stepEvidence(step.ratio)] : []),
  ];
}

function stepEvidence(ratio: number): Evidence {
  const words =
    ratio > 1
      ? `it began when CPU use rose at once to ${percent(ratio)}: more came in than was worked off`
      : `it began when CPU use fell at once to ${percent(ratio)}: who worked it off has stopped`;
  return { signal: 'load_step_ratio', observed: ratio, threshold: backlog.loadStep, exceeded: true, words };
}

function shortageEvidence({ floorRatio, residentRatio, gcShare, claimedRatio }: Shortage): Evidence[] {
  const fact = (signal: string, observed: number | undefined, threshold: number, words: (share: string) => string) =>
    observed === undefined
      ? []
      : [{ signal, observed, threshold, exceeded: observed >= threshold, words: words(percent(observed)) }];
  return [
    ...fact(
      'heap_floor_ratio',
      floorRatio,
      overflow.floorRatio,
      (share) => `${share} of the heap limit is in use right after a full collection`,
    ),
    ...fact(
      'resident_ratio',
      residentRatio,
      overflow.residentRatio,
      (share) => `${share} of the container's memory limit is resident`,
    ),
    ...fact(
      'gc_share',
      gcShare,
      overflow.gcShare,
      (share) => `${share} of the last quarter of an hour went into collections`,
    ),
    ...fact(
      'claimed_ratio',
      claimedRatio,
      overflow.claimedRatio,
      (share) => `heap limit and memory outside the heap together are ${share} of the container's memory limit`,
    ),
  ];
}
