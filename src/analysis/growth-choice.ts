import type { AssessmentSample } from '../model/assessment.ts';
import type { GrowingType, GrowingTypes } from './growing-types.ts';
import type { Past } from './growth/past.ts';
import type { FoundGrowth } from './growth/steady-growth.ts';
import type { Trend } from './growth/trend.ts';
import type { Speed } from './limits.ts';
import { ENOUGH_CENSUSES, type NamelessGrowth } from './patience.ts';
import { claimedRatio } from './shortage.ts';
import { overflow, verdicts } from './thresholds.ts';

/** All growth that was found in the past of a process. */
export interface Findings {
  readonly types: GrowingTypes;
  readonly floor: FoundGrowth;
  /** Of what of it lives. */
  readonly metaspace: FoundGrowth;
  readonly native: FoundGrowth;
  /** Of open descriptors, and of threads. */
  readonly fds: FoundGrowth;
  readonly threads: FoundGrowth;
  /** Of the objects in `gc.garbage`. */
  readonly garbage: FoundGrowth;
}

/** The growth that tells most of all that was found. */
export interface Growth {
  /** What it rests on, whose trend it is; of types the first. */
  readonly basis: NamelessGrowth['basis'];
  readonly types: readonly GrowingType[];
  readonly trend: Trend;
  readonly speed: Speed;
}

/** Objects that hold a direct buffer each. */
const DIRECT_BUFFER = 'java.nio.DirectByteBuffer';

/** Types tell most; then the live floor, unless types that bend or follow load explain it; then classes, handles, and what else is outside the heap. */
export function chooseGrowth(
  past: Past,
  sample: AssessmentSample,
  findings: Findings,
  pace: number,
): Growth | undefined {
  const { types, floor, native } = findings;
  const first = types.steady[0];
  if (first !== undefined) {
    const sum = types.steady.reduce((total, { bytesPerSecond }) => total + bytesPerSecond, 0);
    // The floor knows also what hangs on the types; but only if it tells of the same growth.
    const same =
      floor.steady && Math.abs(floor.steady.startSeconds - first.trend.startSeconds) < 0.7 * first.trend.spanSeconds;
    const bytesPerSecond = same ? Math.max(sum, floor.steady.perSecond) : sum;
    const speed = { heap: bytesPerSecond, ...outsideSpeed(findings) };
    return { basis: 'types', types: types.steady, trend: first.trend, speed };
  }
  if (floor.steady && (past.censusCount < ENOUGH_CENSUSES || types.otherGain < floor.steady.gain / 2)) {
    const speed = { heap: floor.steady.perSecond, ...outsideSpeed(findings) };
    return { basis: 'floor', types: types.other, trend: floor.steady, speed };
  }
  if (findings.metaspace.steady) {
    const speed = { heap: 0, ...outsideSpeed(findings) };
    return { basis: 'metaspace', types: types.other, trend: findings.metaspace.steady, speed };
  }
  for (const basis of ['threads', 'fds'] as const) {
    const trend = findings[basis].steady;
    // What each of them holds is not known.
    if (trend && isLeakOfHandles(trend, pace, basis))
      return { basis, types: [], trend, speed: { heap: 0, outside: 0 } };
  }
  if (
    native.steady &&
    native.steady.gain > verdicts.leastNativeShare * sample.residentBytes &&
    // A heap that never fitted into its container needs no leak to fill it.
    claimedRatio(sample, native.steady.base) < overflow.claimedRatio
  ) {
    const speed = { heap: 0, outside: native.steady.perSecond };
    return { basis: 'native', types: [], trend: native.steady, speed };
  }
  return undefined;
}

/** What grows outside the heap along with what grows in it: classes, and buffers that objects in the heap hold. */
function outsideSpeed({ metaspace, native, types }: Findings): Omit<Speed, 'heap'> {
  const all = native.steady?.perSecond ?? 0;
  if (metaspace.steady) {
    const { perSecond } = metaspace.steady;
    return { outside: Math.max(all, perSecond), metaspace: perSecond };
  }
  if (native.steady && types.steady.some(({ type }) => type === DIRECT_BUFFER)) {
    return { outside: all, direct: { bytesPerSecond: all, gainedBytes: native.steady.gain } };
  }
  return { outside: 0 };
}

/** Descriptors and threads that are left behind, not clients that stay connected. */
export function isLeakOfHandles({ spanSeconds, rise }: Trend, pace: number, of: 'fds' | 'threads'): boolean {
  const { handleSeconds, threadSeconds, handleRise, handleRiseSeconds } = verdicts;
  const enough = of === 'threads' ? threadSeconds : handleSeconds;
  return spanSeconds >= enough / pace || (rise >= handleRise && spanSeconds >= handleRiseSeconds / pace);
}
