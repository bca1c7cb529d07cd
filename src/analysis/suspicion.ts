import type { AssessmentSample, Cause } from '../model/assessment.ts';
import type { GrowingType, GrowingTypes } from './growing-types.ts';
import { assessLimits, bindingLimit, type Speed } from './limits.ts';
import { findLoadStep, type LoadStep } from './load-step.ts';
import type { Past } from './past.ts';
import { claimedRatio } from './shortage.ts';
import type { FoundGrowth } from './steady-growth.ts';
import { backlog, overflow, verdicts } from './thresholds.ts';
import type { Trend } from './trend.ts';

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
  readonly basis: 'types' | 'floor' | 'fds' | 'threads' | 'native';
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

/** Censuses after which silence of the types means something. */
const ENOUGH_CENSUSES = 8;

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
    basis === 'native' || basis === 'fds' || basis === 'threads'
      ? undefined
      : findStartingStep(past, startSeconds, spanSeconds, pace);
  const isBacklog = step !== undefined && isQuick(step, etaSeconds, pace);
  const uncollectable = basis === 'types' && (findings.garbage.steady !== undefined || sample.gcEnabled === false);
  const cause = basis === 'native' ? 'native' : uncollectable ? 'uncollectable' : 'objects';
  return {
    ...growth,
    verdict: isBacklog ? 'backlog' : 'leak',
    ...(!isBacklog && { cause }),
    startSeconds,
    spanSeconds,
    neededSeconds: neededSeconds({ ...growth, spanSeconds, etaSeconds, isBacklog }, past, suspecting),
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
    if (trend && isLeakOfHandles(trend, pace))
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

/** Growth is never known to begin at a minute: the longer it lasts, the less. */
function findStartingStep({ vitals }: Past, start: number, span: number, pace: number): LoadStep | undefined {
  const window = backlog.stepSeconds / pace;
  if (start < window / 2) return undefined;
  return findLoadStep(
    vitals,
    start - Math.max(window, 0.15 * span),
    start + Math.max((2 / 3) * window, 0.1 * span),
    pace,
  );
}

function isQuick({ ratio }: LoadStep, etaSeconds: number | undefined, pace: number): boolean {
  const size = Math.max(ratio, 1 / ratio);
  const most = size >= backlog.clearStep ? backlog.clearFastSeconds : backlog.fastSeconds;
  return etaSeconds !== undefined && etaSeconds < most / pace;
}

/** Descriptors and threads that are left behind, not clients that stay connected. */
export function isLeakOfHandles({ spanSeconds, rise }: Trend, pace: number): boolean {
  const { handleSeconds, handleRise, handleRiseSeconds } = verdicts;
  return spanSeconds >= handleSeconds / pace || (rise >= handleRise && spanSeconds >= handleRiseSeconds / pace);
}

interface Lasting extends Growth {
  readonly spanSeconds: number;
  readonly etaSeconds: number | undefined;
  readonly isBacklog: boolean;
}

/** Whether it grew since it was first seen: at once, or by so much before the growth is said to begin that this is the same. */
function isFromBirth(
  { startSeconds, firstSeconds, base, firstValue, gain }: Trend,
  age: number,
  pace: number,
): boolean {
  const after = startSeconds - firstSeconds;
  return (
    after < Math.max(verdicts.birthSeconds / pace, verdicts.birthShare * age) ||
    base - firstValue > verdicts.earlierGain * gain
  );
}

function neededSeconds(growth: Lasting, past: Past, { pace, convicted, mistakes }: Suspecting): number {
  const { basis, types, trend, etaSeconds = Number.POSITIVE_INFINITY, isBacklog } = growth;
  const age = past.lastSeconds - past.firstSeconds;
  const fromBirth = isFromBirth(trend, age, pace);
  const blindFromBirth = basis !== 'types' && fromBirth;
  const share = isBacklog
    ? backlog.patience
    : blindFromBirth || basis === 'native'
      ? verdicts.patienceWithoutTypes
      : verdicts.patience;
  const least = isBacklog
    ? verdicts.leastSeconds
    : basis === 'native'
      ? verdicts.leastSecondsForNative
      : fromBirth
        ? verdicts.leastSecondsFromBirth
        : verdicts.leastSeconds;
  if (basis === 'fds' || basis === 'threads') return verdicts.handleRiseSeconds / pace;
  const most = isBacklog
    ? backlog.mostSeconds
    : blindFromBirth
      ? verdicts.mostSecondsWithoutTypesFromBirth
      : fromBirth || basis === 'native'
        ? verdicts.mostSecondsFromBirth
        : verdicts.mostSeconds;
  const needed = Math.min(Math.max(share * etaSeconds, least / pace), most / pace);
  const known = basis === 'types' && types.some(({ type }) => convicted.has(type)) ? verdicts.known : 1;
  const doubt = basis === 'floor' && past.censusCount >= ENOUGH_CENSUSES ? verdicts.doubt : 1;
  return needed * known * doubt * (1 + mistakes);
}
