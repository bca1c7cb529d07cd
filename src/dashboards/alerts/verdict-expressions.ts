import type { Cause, Verdict } from '../../model/assessment.ts';
import { metric } from '../metric.ts';
import type { Pace } from '../pace.ts';
import { alertThresholds } from './alert-thresholds.ts';

/** Targets of a verdict, with the labels of the target alone: another cause is no other alert. */
export function judged(verdict: Verdict, cause?: Cause): string {
  const series = metric('heapwatch_verdict', { verdict, ...(cause && { cause }) });
  return `max without (verdict, cause) (${series}) == 1`;
}

/** The time that is left to targets which run out of memory so soon that somebody must get up. */
export function runningOut({ seconds }: Pace): string {
  return `${metric('heapwatch_oom_eta_seconds')} < ${seconds(alertThresholds.soonSeconds)}`;
}

/** What can wait for the morning: what cannot is told by HeapwatchOutOfMemorySoon alone. */
export function notYetUrgent(expression: string, pace: Pace): string {
  return `${expression}
unless ${runningOut(pace)}`;
}
