import type { AssessmentSample, Cause } from '../model/assessment.ts';
import type { GrowingType, GrowingTypes } from './growing-types.ts';
import { findLoadStep, type LoadStep } from './growth/load-step.ts';
import type { Past } from './growth/past.ts';
import type { FoundGrowth } from './growth/steady-growth.ts';
import type { Trend } from './growth/trend.ts';
import { assessLimits, bindingLimit, type Speed } from './limits.ts';
import { ENOUGH_CENSUSES, type NamelessGrowth, neededSeconds } from './patience.ts';
import { claimedRatio } from './shortage.ts';
import { backlog, overflow, verdicts } from './thresholds.ts';

/** All growth that was found in the past of a process. */
export interface Findings {
  readonly types: GrowingTypes;
  readonly floor: FoundGrowth;
  readonly native: FoundGrowth;
  /** Of open descriptors, and of threads. */
  readonly fds: FoundGrowth;
  readonly threads: FoundGrowth;
  /** Of the objects in `gc.garbage`. */
  readonly garbage: FoundGrowth;
}

/** Steady growth, and how long it must last before it is called what it looks like. */
export interface Suspicion {
  readonly verdict: 'leak' | 'backlog';
  readonly cause?: Cause;
  /** What the suspicion rests on, whose trend it is; of types the first. */
  readonly basis: NamelessGrowth['basis'];
  readonly types: readonly GrowingType[];
  readonly trend: Trend;
  /** Since the process was first seen. */
  readonly startSeconds: number;
  readonly spanSeconds: number;
  readonly neededSeconds: number;
  readonly speed: Speed;
  readonly etaSeconds?: number;
  readonly step?: LoadStep;
}

export interface Suspecting {
  readonly pace: number;
  /** Types that leaked in an earlier life of the process. */
  readonly convicted: ReadonlySet<string>;
  /** Verdicts that had to be taken back. */
  readonly mistakes: number;
}

/** Undefined when nothing grows steadily. */
export function findSuspicion(
  past: Past,
  sample: AssessmentSample,
  findings: Findings,
  suspecting: Suspecting,
): Suspicion | undefined {
  const { pace } = suspecting;
  const growth = chooseGrowth(past, sample, findings, pace);
  if (growth === undefined) return undefined;
  const { basis, trend, speed } = growth;
  const { startSeconds } = trend;
  const spanSeconds = past.lastSeconds - past.firstSeconds - startSeconds;
  const etaSeconds = bindingLimit(assessLimits(sample, past.floorBytes, speed))?.etaSeconds;
  const step =
    // What the collector may not free never drains.
    basis === 'native' || basis === 'fds' || basis === 'threads' || findings.garbage.steady !== undefined
      ? undefined
      : findStartingStep(past, trend, spanSeconds, pace);
  const isBacklog = step !== undefined && isQuick(step, etaSeconds, pace);
  const isKnown = basis === 'types' && growth.types.some(({ type }) => suspecting.convicted.has(type));
  const uncollectable = basis === 'types' && (findings.garbage.steady !== undefined || sample.gcEnabled === false);
  const cause = basis === 'native' ? 'native' : uncollectable ? 'uncollectable' : 'objects';
  return {
    ...growth,
    verdict: isBacklog ? 'backlog' : 'leak',
    ...(!isBacklog && { cause }),
    startSeconds,
    spanSeconds,
    neededSeconds: neededSeconds({ basis, trend, etaSeconds, isBacklog, isKnown }, past, pace, suspecting.mistakes),
    ...(etaSeconds !== undefined && { etaSeconds }),
    ...(isBacklog && { step }),
  };
}

type Growth = Pick<Suspicion, 'basis' | 'types' | 'trend' | 'speed'>;

/** Types tell most; then the live floor, unless types that bend or follow load explain it; then what is outside the heap. */
function chooseGrowth(past: Past, sample: AssessmentSample, findings: Findings, pace: number): Growth | undefined {
  const { types, floor, native } = findings;
  const first = types.steady[0];
  if (first !== undefined) {
    const sum = types.steady.reduce((total, { bytesPerSecond }) => total + bytesPerSecond, 0);
    // The floor knows also what hangs on the types; but only if it tells of the same growth.
    const same =
      floor.steady && Math.abs(floor.steady.startSeconds - first.trend.startSeconds) < 0.7 * first.trend.spanSeconds;
    const bytesPerSecond = same ? Math.max(sum, floor.steady.perSecond) : sum;
    return { basis: 'types', types: types.steady, trend: first.trend, speed: { bytesPerSecond, inHeap: true } };
  }
  if (floor.steady && (past.censusCount < ENOUGH_CENSUSES || types.otherGain < floor.steady.gain / 2)) {
    const speed = { bytesPerSecond: floor.steady.perSecond, inHeap: true };
    return { basis: 'floor', types: types.other, trend: floor.steady, speed };
  }
  for (const basis of ['threads', 'fds'] as const) {
    const trend = findings[basis].steady;
    // What each of them holds is not known.
    if (trend && isLeakOfHandles(trend, pace, basis))
      return { basis, types: [], trend, speed: { bytesPerSecond: 0, inHeap: false } };
  }
  if (
    native.steady &&
    native.steady.gain > verdicts.leastNativeShare * sample.residentBytes &&
    // A heap that never fitted into its container needs no leak to fill it.
    claimedRatio(sample, native.steady.base) < overflow.claimedRatio
  ) {
    const speed = { bytesPerSecond: native.steady.perSecond, inHeap: false };
    return { basis: 'native', types: [], trend: native.steady, speed };
  }
  return undefined;
}

/** Growth is never known to begin at a minute: the longer it lasts, and the fewer points there are, the less. */
function findStartingStep({ vitals }: Past, trend: Trend, spanSeconds: number, pace: number): LoadStep | undefined {
  const window = backlog.stepSeconds / pace;
  const { startSeconds, points } = trend;
  if (startSeconds < window / 2) return undefined;
  const doubt = Math.max(window, 0.15 * spanSeconds, (2 * trend.spanSeconds) / points);
  return findLoadStep(vitals, startSeconds - doubt, startSeconds + (2 / 3) * doubt, pace);
}

function isQuick({ ratio }: LoadStep, etaSeconds: number | undefined, pace: number): boolean {
  const size = Math.max(ratio, 1 / ratio);
  const most = size >= backlog.clearStep ? backlog.clearFastSeconds : backlog.fastSeconds;
  return etaSeconds !== undefined && etaSeconds < most / pace;
}

/** Descriptors and threads that are left behind, not clients that stay connected. */
export function isLeakOfHandles({ spanSeconds, rise }: Trend, pace: number, of: 'fds' | 'threads'): boolean {
  const { handleSeconds, threadSeconds, handleRise, handleRiseSeconds } = verdicts;
  const enough = of === 'threads' ? threadSeconds : handleSeconds;
  return spanSeconds >= enough / pace || (rise >= handleRise && spanSeconds >= handleRiseSeconds / pace);
}
