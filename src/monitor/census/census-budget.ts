import type { Clock } from '../clock.ts';
import { BUDGET, type MonitorTimes } from '../times.ts';
import { fairShare } from './fair-share.ts';

/** What censuses may cost, in shares of one core and in seconds of scanning. */
export interface CensusBudget {
  /** True when a census may be taken now. */
  hasCredit(): boolean;
  /** How dear the first census of a target is, nobody knows before, so that the credit may be overdrawn. */
  spend(seconds: number): void;
  /** Seconds between two censuses that cost so much each, when these are the costs of all targets. */
  intervalSeconds(costSeconds: number, costs: Iterable<number>): number;
  /** To be called when the costs of the targets have changed. */
  costsChanged(): void;
}

export interface CensusBudgetOptions {
  readonly censusBudget?: number;
  readonly times: MonitorTimes;
  readonly pace: number;
  readonly clock: Clock;
  /** How much of the budget the machine can spare now, 0 to 1. */
  readonly slack: () => number;
}

export function createCensusBudget(options: CensusBudgetOptions): CensusBudget {
  const { censusBudget = BUDGET.censusInAll, times, pace, clock, slack } = options;
  const perTarget = Math.min(censusBudget, BUDGET.censusPerTarget);
  /** Flows in with time. */
  let credit = BUDGET.censusBurstSeconds;
  let creditAtSeconds = clock.elapsedSeconds();
  /** Of one core, for each target; undefined when it has to be worked out again. */
  let share: number | undefined;

  function shareOfEach(costs: Iterable<number>): number {
    // What censuses as often as we wish would cost, and what is allowed of it.
    const wishes = [...costs].map((cost) => Math.min(perTarget, cost / times.censusSeconds / pace));
    return Math.min(perTarget, fairShare(wishes, censusBudget));
  }

  return {
    hasCredit() {
      const now = clock.elapsedSeconds();
      const inflow = (now - creditAtSeconds) * censusBudget * slack() * pace;
      credit = Math.min(BUDGET.censusBurstSeconds, credit + inflow);
      creditAtSeconds = now;
      return credit > 0;
    },
    spend(seconds) {
      credit -= seconds;
    },
    intervalSeconds(costSeconds, costs) {
      share ??= shareOfEach(costs);
      return Math.max(times.censusSeconds, costSeconds / share / pace) / slack();
    },
    costsChanged() {
      share = undefined;
    },
  };
}
