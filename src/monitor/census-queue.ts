import type { CensusTaker } from '../census/census-taker.ts';
import { ReadFailure } from '../model/failure.ts';
import type { Clock } from './clock.ts';
import type { Collector } from './collector.ts';
import { createFailureReport, type FailureReport } from './failure-report.ts';
import type { Logger } from './logger.ts';
import type { TargetWatch } from './target-watch.ts';
import { BUDGET, CENSUS_DEADLINE_MS, type MonitorTimes } from './times.ts';

export interface CensusQueueOptions {
  readonly censusTaker: CensusTaker;
  readonly times: MonitorTimes;
  readonly pace: number;
  readonly clock: Clock;
  readonly collector: Collector;
  readonly logger: Logger;
  /** Called when a census has ended, well or not. */
  readonly changed: () => void;
}

/** Decides which target is counted next, one at a time and within the budget. */
export interface CensusQueue {
  add(watch: TargetWatch): void;
  remove(watch: TargetWatch): void;
  /** Starts a census when one is due and none is running. */
  startNext(): void;
  /** Seconds from one census of this target to the next, as things are now. */
  intervalSeconds(watch: TargetWatch): number;
  /** What a running census still finds is not used any more. Idempotent. */
  close(): void;
}

interface Plan {
  /** When the last attempt began; at the very first sight a census is due at once. */
  startedAtSeconds: number;
  costSeconds: number;
  /** A due census that the budget holds back is counted once, not at each round. */
  heldBack: boolean;
  readonly report: FailureReport;
}

export function createCensusQueue(options: CensusQueueOptions): CensusQueue {
  const { censusTaker, times, pace, clock, collector, logger, changed } = options;
  const plans = new Map<TargetWatch, Plan>();
  let running = false;
  let closed = false;
  // Seconds of scanning that may be spent now: flows in with time, and a scan that is dear may overdraw it.
  let credit = BUDGET.censusBurstSeconds;
  let creditAtSeconds = clock.elapsedSeconds();

  function intervalSeconds(watch: TargetWatch): number {
    const costs = [...plans.values()].map(({ costSeconds }) => costSeconds);
    const costInAll = costs.reduce((sum, cost) => sum + cost, 0);
    return Math.max(
      times.censusSeconds,
      (plans.get(watch)?.costSeconds ?? 0) / BUDGET.censusPerTarget / pace,
      costInAll / BUDGET.censusInAll / pace,
      Math.min(times.longestBackOffSeconds, times.censusSeconds * 2 ** watch.censuses.failuresInRow),
    );
  }

  function dueAtSeconds([watch, plan]: [TargetWatch, Plan]): number {
    return plan.startedAtSeconds + intervalSeconds(watch);
  }

  function hasCredit(): boolean {
    const now = clock.elapsedSeconds();
    const inflow = (now - creditAtSeconds) * BUDGET.censusInAll * pace;
    credit = Math.min(BUDGET.censusBurstSeconds, credit + inflow);
    creditAtSeconds = now;
    return credit > 0;
  }

  function startNext(): void {
    if (running || closed) return;
    const now = clock.elapsedSeconds();
    const due = [...plans]
      .filter((entry) => entry[0].isReadable && dueAtSeconds(entry) <= now)
      .sort((a, b) => dueAtSeconds(a) - dueAtSeconds(b));
    if (due.length === 0) return;
    if (!hasCredit()) {
      for (const [watch, plan] of due) {
        if (!plan.heldBack) watch.censuses.skippedForBudget();
        plan.heldBack = true;
      }
      return;
    }
    void take(...due[0]!);
  }

  async function take(watch: TargetWatch, plan: Plan): Promise<void> {
    const { process, runtime } = watch.target;
    running = true;
    plan.startedAtSeconds = clock.elapsedSeconds();
    plan.heldBack = false;
    try {
      const census = await censusTaker.take(process, runtime, CENSUS_DEADLINE_MS);
      plan.costSeconds = census.durationSeconds;
      if (isWatched(watch)) {
        watch.censuses.succeeded(census);
        plan.report.worked();
      }
    } catch (error) {
      plan.costSeconds = clock.elapsedSeconds() - plan.startedAtSeconds;
      if (isWatched(watch)) {
        watch.censuses.failed(error);
        collector.failed(error);
        // That a process ended is no news of its census.
        if (!(error instanceof ReadFailure && error.kind === 'gone')) plan.report.failed(error);
      }
    }
    credit -= plan.costSeconds;
    collector.ran(plan.costSeconds);
    running = false;
    if (closed) return;
    changed();
    startNext();
  }

  function isWatched(watch: TargetWatch): boolean {
    return !closed && plans.has(watch);
  }

  return {
    add(watch) {
      const { pid } = watch.target.process;
      const fields = { pid, service: watch.target.serviceName };
      plans.set(watch, {
        startedAtSeconds: Number.NEGATIVE_INFINITY,
        costSeconds: 0,
        heldBack: false,
        report: createFailureReport(logger, `the census of process ${pid}`, fields),
      });
    },
    remove: (watch) => void plans.delete(watch),
    startNext,
    intervalSeconds,
    close() {
      closed = true;
    },
  };
}
