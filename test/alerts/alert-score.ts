import type { Firing } from './alert-simulation.ts';

/** What is true of a trace, as leakbench's `truth.jsonl` tells it; seconds since the trace began. */
export interface Truth {
  readonly id: string;
  readonly verdict: 'leak' | 'backlog' | 'overflow' | 'healthy';
  readonly onset_t: number | null;
  readonly end_t: number;
  readonly oom_t: number | null;
  readonly trace_end_t: number;
}

export interface AlertScore {
  /** Alerts outside of what they are for, and the time in which they could be. */
  readonly falseAlerts: number;
  readonly days: number;
  /** Of leaks that take two hours or more until memory runs out: from the first alert to that, in seconds. */
  readonly leads: readonly number[];
  /** Such leaks. */
  readonly leaks: number;
}

/** As leakbench allows: an alert that comes a little early is none. */
const EARLY_SECONDS = 300;
const SLOW_LEAK_SECONDS = 2 * 3600;

/** Scores the alerts of one trace that are to tell of `wanted` verdicts. */
export function scoreAlerts(firings: readonly Firing[], truth: Truth, wanted: readonly Truth['verdict'][]): AlertScore {
  const { onset_t, end_t, oom_t, trace_end_t } = truth;
  const isWanted = wanted.includes(truth.verdict) && onset_t !== null;
  const from = isWanted ? onset_t - EARLY_SECONDS : trace_end_t;
  const falseAlerts = firings.filter(({ fromSeconds }) => fromSeconds < from).length;
  const days = Math.max(0, from) / 86_400;
  if (truth.verdict !== 'leak' || onset_t === null || oom_t === null || oom_t - onset_t < SLOW_LEAK_SECONDS) {
    return { falseAlerts, days, leads: [], leaks: 0 };
  }
  const until = Math.min(end_t, trace_end_t, oom_t);
  // One that began early and goes on is heard at the onset.
  const heard = firings.filter(({ fromSeconds, toSeconds }) => toSeconds > onset_t && fromSeconds <= until);
  const first = Math.min(...heard.map(({ fromSeconds }) => Math.max(fromSeconds, onset_t)));
  return { falseAlerts, days, leads: heard.length > 0 ? [oom_t - first] : [], leaks: 1 };
}

/** The scores of all traces together. */
export function sumScores(scores: readonly AlertScore[]): AlertScore {
  return {
    falseAlerts: scores.reduce((sum, { falseAlerts }) => sum + falseAlerts, 0),
    days: scores.reduce((sum, { days }) => sum + days, 0),
    leads: scores.flatMap(({ leads }) => leads),
    leaks: scores.reduce((sum, { leaks }) => sum + leaks, 0),
  };
}
