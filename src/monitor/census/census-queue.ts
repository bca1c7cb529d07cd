import type { CensusTaker } from '../../census/census-taker.ts';
import type { Census } from '../../model/census.ts';
import { ReadFailure } from '../../model/failure.ts';
import type { Clock } from '../clock.ts';
import type { Collector } from '../collector.ts';
import { createFailureReport, type FailureReport } from '../failure-report.ts';
import type { Logger } from '../logger.ts';
import type { OwnMemory } from '../own-memory.ts';
import type { TargetWatch } from '../target-watch.ts';
import { CENSUS_DEADLINE_MS, type MonitorTimes } from '../times.ts';
import { createCensusBudget } from './census-budget.ts';
import { createMachineSlack, LEAST_SLACK } from './machine-slack.ts';
import { swappedOut } from './swapped-out.ts';

export interface CensusQueueOptions {
  readonly censusTaker: CensusTaker;
  readonly times: MonitorTimes;
  readonly pace: number;
  /** Share of one core that all censuses together may cost, 0.05 when not given. */
  readonly censusBudget?: number;
  /** Where procfs is mounted. */
  readonly procfsPath: string;
  readonly clock: Clock;
  readonly collector: Collector;
  /** When our own memory is short censuses come rarely, or not at all. */
  readonly ownMemory?: Pick<OwnMemory, 'shortage'>;
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

/** A due census may be put off by this share of its interval, to come right after a full collection. */
const PATIENCE = 0.25;

interface Plan {
  /** Since when it may be taken at once. */
  readonly addedAtSeconds: number;
  /** When the last attempt began. */
  startedAtSeconds: number | undefined;
  /** Of the last census; 0 before the first. */
  costSeconds: number;
  /** The end was near when the last attempt began, and still is: there is no need for one more. */
  countedAtTheEnd: boolean;
  /** A due census that the budget holds back is counted once, not at each round. */
  heldBack: boolean;
  readonly report: FailureReport;
}

interface Due {
  readonly watch: TargetWatch;
  readonly plan: Plan;
  readonly lateSeconds: number;
}

export function createCensusQueue(options: CensusQueueOptions): CensusQueue {
  const { censusTaker, times, procfsPath, clock, collector, logger, changed } = options;
  const plans = new Map<TargetWatch, Plan>();
  const machineSlack = createMachineSlack(procfsPath, clock, times.roundSeconds);
  const shortage = () => options.ownMemory?.shortage ?? 'none';
  const slack = () => (shortage() === 'none' ? machineSlack() : LEAST_SLACK);
  const budget = createCensusBudget({ ...options, slack });
  let running = false;
  let closed = false;

  function* costs(): Generator<number> {
    for (const { costSeconds } of plans.values()) yield costSeconds;
  }

  function intervalSeconds(watch: TargetWatch): number {
    const affordable = budget.intervalSeconds(plans.get(watch)?.costSeconds ?? 0, costs());
    const backOff = times.censusSeconds * 2 ** watch.censuses.failuresInRow;
    return Math.max(affordable, Math.min(times.longestBackOffSeconds, backOff));
  }

  function dueAtSeconds(watch: TargetWatch, plan: Plan): number {
    // Who is new goes behind those that have waited longer: they would never have their turn where many come and go.
    if (plan.startedAtSeconds === undefined) return plan.addedAtSeconds;
    const isLastChance = isNearTheEnd(watch) && !plan.countedAtTheEnd;
    return plan.startedAtSeconds + (isLastChance ? 0 : intervalSeconds(watch));
  }

  function isNearTheEnd({ assessment }: TargetWatch): boolean {
    return (assessment?.oomEtaSeconds ?? Number.POSITIVE_INFINITY) < times.criticalSeconds;
  }

  /** Those that are due and not put off to come right after a full collection, who waits longest first. */
  function dueEntries(now: number): Due[] {
    const due: Due[] = [];
    for (const [watch, plan] of plans) {
      const lateSeconds = now - dueAtSeconds(watch, plan);
      if (!watch.isReadable || lateSeconds < 0) continue;
      const patienceSeconds = plan.startedAtSeconds === undefined ? 0 : intervalSeconds(watch) * PATIENCE - lateSeconds;
      const isPutOff = patienceSeconds > 0 && watch.collections.isNear(now, patienceSeconds);
      if (!isPutOff) due.push({ watch, plan, lateSeconds });
    }
    return due.sort((a, b) => b.lateSeconds - a.lateSeconds);
  }

  /** What others have overdrawn makes a target wait twice its time at most; that is half its cost, so the debt is paid. */
  function hasWaitedEnough({ watch, plan, lateSeconds }: Due): boolean {
    return plan.startedAtSeconds !== undefined && lateSeconds >= intervalSeconds(watch);
  }

  /** False when too much of the target is swapped out: that costs us nothing, so it is no attempt that failed. */
  function isPresent({ watch, plan }: Due): boolean {
    const failure = watch.vitals && swappedOut(watch.vitals.process);
    if (failure === undefined) return true;
    plan.startedAtSeconds = clock.elapsedSeconds();
    watch.censuses.skippedForSwap(failure);
    plan.report.failed(failure);
    return false;
  }

  function startNext(): void {
    if (running || closed) return;
    const due = dueEntries(clock.elapsedSeconds()).filter(isPresent);
    const next = shortage() === 'critical' ? undefined : budget.hasCredit() ? due[0] : due.find(hasWaitedEnough);
    if (next !== undefined) {
      void take(next);
      return;
    }
    for (const { watch, plan } of due) {
      if (!plan.heldBack) watch.censuses.skippedForBudget();
      plan.heldBack = true;
    }
  }

  async function take({ watch, plan }: Due): Promise<void> {
    const startedAtSeconds = clock.elapsedSeconds();
    running = true;
    plan.startedAtSeconds = startedAtSeconds;
    plan.countedAtTheEnd = isNearTheEnd(watch);
    plan.heldBack = false;
    try {
      const { process, runtime } = watch.target;
      const census = await censusTaker.take(process, runtime, CENSUS_DEADLINE_MS);
      plan.costSeconds = census.durationSeconds;
      succeeded(watch, plan, census);
    } catch (error) {
      plan.costSeconds = clock.elapsedSeconds() - startedAtSeconds;
      failed(watch, plan, error);
    }
    budget.spend(plan.costSeconds);
    budget.costsChanged();
    collector.ran(plan.costSeconds);
    running = false;
    if (closed) return;
    changed();
    startNext();
  }

  function succeeded(watch: TargetWatch, plan: Plan, census: Census): void {
    if (!isWatched(watch)) return;
    watch.addCensus(census);
    plan.report.worked();
  }

  function failed(watch: TargetWatch, plan: Plan, error: unknown): void {
    if (!isWatched(watch)) return;
    watch.censuses.failed(error);
    collector.failed(error);
    // That a process ended is no news of its census.
    if (!(error instanceof ReadFailure && error.kind === 'gone')) plan.report.failed(error);
  }

  function isWatched(watch: TargetWatch): boolean {
    return !closed && plans.has(watch);
  }

  return {
    add(watch) {
      const { pid } = watch.target.process;
      const fields = { pid, service: watch.target.serviceName };
      budget.costsChanged();
      plans.set(watch, {
        addedAtSeconds: clock.elapsedSeconds(),
        startedAtSeconds: undefined,
        countedAtTheEnd: false,
        costSeconds: 0,
        heldBack: false,
        report: createFailureReport(logger, `the census of process ${pid}`, fields),
      });
    },
    remove(watch) {
      plans.delete(watch);
      budget.costsChanged();
    },
    startNext,
    intervalSeconds,
    close() {
      closed = true;
    },
  };
}
