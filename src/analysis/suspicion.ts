import type { AssessmentSample, Cause, LimitName } from '../model/assessment.ts';
import type { LoadStep } from './growth/load-step.ts';
import type { Past } from './growth/past.ts';
import { chooseGrowth, type Findings, type Growth } from './growth-choice.ts';
import { assessLimits, bindingLimit } from './limits.ts';
import { neededSeconds } from './patience.ts';
import { findStartingStep } from './starting-step.ts';
import { backlog } from './thresholds.ts';

/** Steady growth, and how long it must last before it is called what it looks like. */
export interface Suspicion extends Growth {
  readonly verdict: 'leak' | 'backlog';
  readonly cause?: Cause;
  /** Since the process was first seen. */
  readonly startSeconds: number;
  readonly spanSeconds: number;
  readonly neededSeconds: number;
  /** The limit that is reached first. */
  readonly limit?: LimitName;
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
  const { limit, etaSeconds } = bindingLimit(assessLimits(sample, past.floorBytes, speed)) ?? {};
  const drains = (basis === 'types' || basis === 'floor') && findings.garbage.steady === undefined;
  const step = drains ? findStartingStep(past, growth, spanSeconds, pace) : undefined;
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
    ...(etaSeconds !== undefined && { limit: limit!, etaSeconds }),
    ...(isBacklog && { step }),
  };
}

function isQuick({ ratio }: LoadStep, etaSeconds: number | undefined, pace: number): boolean {
  const size = Math.max(ratio, 1 / ratio);
  const most = size >= backlog.clearStep ? backlog.clearFastSeconds : backlog.fastSeconds;
  return etaSeconds !== undefined && etaSeconds < most / pace;
}
