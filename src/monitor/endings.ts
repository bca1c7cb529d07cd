import type { OomKillCounter } from '../linux/cgroup.ts';
import { readProcessVitals } from '../linux/process-vitals.ts';
import { ReadFailure } from '../model/failure.ts';
import { createErrorRise } from './error-rise.ts';
import type { Logger } from './logger.ts';
import { createOomLedger } from './oom-ledger.ts';
import type { DeathRegister } from './service-deaths.ts';
import type { TargetWatch } from './target-watch.ts';
import type { MonitorTimes } from './times.ts';

/** Finds out how targets ended, and counts it per service. */
export interface Endings {
  /** To be told of every living target in every round, after its vitals. */
  living(watch: TargetWatch, nowSeconds: number): void;
  /** To be told, all together, of the targets that discovery does not find any more: most have ended. */
  left(watches: readonly TargetWatch[], nowSeconds: number): void;
  /** To be told, all together, of those that have certainly ended. */
  ended(watches: readonly TargetWatch[], nowSeconds: number): void;
}

export function createEndings(register: DeathRegister, times: MonitorTimes, logger: Logger): Endings {
  const ledger = createOomLedger(times.oomClaimSeconds);
  const riseOf = createErrorRise();

  function ended(watches: readonly TargetWatch[], nowSeconds: number): void {
    // The kernel kills the largest first: of several that ended in one cgroup, that one was it.
    for (const watch of watches.toSorted((a, b) => residentBytes(b) - residentBytes(a))) {
      const { target } = watch;
      const fields = { pid: target.process.pid, service: target.serviceName };
      if (claimKill(watch, nowSeconds)) {
        register.oomKilled(target);
        logger.warn(fields, 'a target was killed by the kernel for want of memory');
      } else {
        logger.info(fields, 'a target has ended');
      }
    }
  }

  function claimKill({ cgroup: { own, outer } }: TargetWatch, nowSeconds: number): boolean {
    const ownKills = own?.readOomKills();
    observe(own, ownKills, nowSeconds);
    observe(outer, outer?.readOomKills(), nowSeconds);
    const claimed = own !== undefined && ledger.claim(own.key, nowSeconds);
    // A kill counts in both: it is claimed in both. A cgroup that is still there knows better than the one around it,
    // in which others are killed too.
    if (outer === undefined || (!claimed && ownKills !== undefined)) return claimed;
    return ledger.claim(outer.key, nowSeconds) || claimed;
  }

  function observe(counter: OomKillCounter | undefined, oomKills: number | undefined, nowSeconds: number): void {
    if (counter !== undefined && oomKills !== undefined) ledger.observe(counter.key, oomKills, nowSeconds);
  }

  return {
    living(watch, nowSeconds) {
      register.seen(watch.target, nowSeconds);
      register.outOfMemory(watch.target, riseOf(watch));
      const { own, outer } = watch.cgroup;
      observe(own, watch.vitals?.cgroup?.oomKills, nowSeconds);
      observe(outer, outer?.readOomKills(), nowSeconds);
    },
    left: (watches, nowSeconds) => ended(watches.filter(hasEnded), nowSeconds),
    ended,
  };
}

/** A target is also left after an exec of something else, or when it became another user's: it lives on then. */
function hasEnded({ target }: TargetWatch): boolean {
  try {
    // Not its state alone: for seconds a large process that was killed has no memory and is no zombie yet.
    readProcessVitals(target.process);
    return false;
  } catch (error) {
    if (error instanceof ReadFailure) return error.kind === 'gone';
    throw error;
  }
}

function residentBytes({ vitals }: TargetWatch): number {
  return vitals?.process.residentBytes ?? 0;
}
