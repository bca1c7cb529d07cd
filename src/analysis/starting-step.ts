import { findLoadStep, type LoadStep } from './growth/load-step.ts';
import type { Past } from './growth/past.ts';
import type { Trend } from './growth/trend.ts';
import type { Growth } from './growth-choice.ts';
import { backlog } from './thresholds.ts';

/** Fewer before growth began do not tell that there was none. */
const LOOKS_BEFORE = 2;

/**
 * The step of load with which growth began, if it did. It is never known to begin at a minute: the longer it lasts, and
 * the fewer points there are, the less.
 */
export function findStartingStep(
  { vitals }: Past,
  { trend, types }: Pick<Growth, 'trend' | 'types'>,
  spanSeconds: number,
  pace: number,
): LoadStep | undefined {
  const window = backlog.stepSeconds / pace;
  const { startSeconds, points } = trend;
  // Types that grow together began together: that which shows it best tells.
  const began = Math.max(...[trend, ...types.map((each) => each.trend)].map(earliestBeginning));
  if (began < window / 2) return undefined;
  const doubt = Math.max(window, 0.15 * spanSeconds, (2 * trend.spanSeconds) / points);
  return findLoadStep(vitals, Math.min(began, startSeconds) - doubt, startSeconds + (2 / 3) * doubt, pace);
}

/**
 * When growth began at the earliest. What was there when it was first looked at may have grown until then, at the same
 * rate and from nothing: a JVM's heap, of which nothing is known before it is first collected.
 */
function earliestBeginning({ startSeconds, spanSeconds, points, firstSeconds, firstValue, perSecond }: Trend): number {
  const wasSeenBefore = startSeconds - firstSeconds > (LOOKS_BEFORE * spanSeconds) / points;
  return wasSeenBefore ? startSeconds : firstSeconds - firstValue / perSecond;
}
