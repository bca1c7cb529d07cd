import { readOomKillsAt } from '../../linux/cgroup.ts';
import { readExitStatus } from '../../linux/exit-status.ts';
import type { TargetHistory } from '../../model/history.ts';
import type { EndingFinding } from '../../model/incident.ts';
import type { TargetSnapshot } from '../../model/snapshot.ts';
import type { Target } from '../../model/target.ts';
import type { LogErrors } from '../../recorder/log-sieve.ts';
import { readLogsFurther } from '../../recorder/log-watch.ts';
import type { SavedLife, SavedOomKills } from '../../recorder/saved-life.ts';
import { findRemainsAt } from '../../runtimes/hotspot/remains.ts';
import { findEnding } from './ending-finding.ts';
import type { Remembered } from './incident-recorder.ts';
import { type CountedKills, claimKill, type OomLedger } from './oom-ledger.ts';

/** A target of an earlier run of ours that has ended since. */
export interface LostLife extends Remembered {
  readonly finding: EndingFinding;
  readonly log: LogErrors | undefined;
}

export interface LostLivesOptions {
  readonly ledger: OomLedger;
  /** Where procfs is mounted. */
  readonly procfsPath: string;
  /** What was kept of a target, by its key. */
  readonly historyOf: (key: string) => TargetHistory | undefined;
  readonly nowSeconds: number;
}

const NO_HISTORY: TargetHistory = { readings: [], censuses: [] };

/**
 * Finds out how those ended that died while heapwatch was not running, as far as that can still be known: what the kernel
 * counted, which files were left, what was logged. The last reading of the heap is too old to say anything.
 */
export function findLostLives(lives: readonly SavedLife[], options: LostLivesOptions): LostLife[] {
  const { ledger, procfsPath, historyOf, nowSeconds } = options;
  const kills = lives.flatMap(({ oomKills: { own, outer } }) => [own, outer].filter((each) => each !== undefined));
  for (const { key, count } of kills) ledger.observe(key, count, nowSeconds);

  function find(life: SavedLife): LostLife {
    const { pid, startTicks, ...identity } = life.target;
    const target: Target = { ...identity, process: { pid, startTicks, procfsPath } };
    const snapshot = snapshotOf(target, life);
    const { own, outer } = life.oomKills;
    const log = life.logs.length === 0 ? undefined : readLogsFurther(life.logs);
    const finding = findEnding({
      snapshot,
      killedIn: claimKill(ledger, countNow(own), countNow(outer), nowSeconds),
      recentErrors: {},
      loggedErrors: log?.memoryErrors,
      remains: life.remains ? findRemainsAt(life.remains, life.atSeconds) : [],
      exit: readExitStatus(target.process),
      unwatched: { fromSeconds: life.atSeconds, toSeconds: nowSeconds },
    });
    const history = historyOf(life.key) ?? NO_HISTORY;
    return { target, finding, log, snapshot: () => snapshot, history: () => history };
  }

  // The kernel kills the largest first.
  return lives.toSorted((a, b) => residentBytes(b) - residentBytes(a)).map(find);
}

function countNow(saved: SavedOomKills | undefined): CountedKills | undefined {
  return saved && { key: saved.key, count: readOomKillsAt(saved.key, saved.place) };
}

function snapshotOf(target: Target, { vitals, assessment }: SavedLife): TargetSnapshot {
  return {
    target,
    up: false,
    ...(vitals && { vitals }),
    ...(assessment && { assessment }),
    exportedTypes: [],
    censusIntervalSeconds: 0,
    censusResults: { ok: 0, refused: 0, failed: 0, skipped_budget: 0, skipped_swap: 0 },
  };
}

function residentBytes({ vitals }: SavedLife): number {
  return vitals?.process.residentBytes ?? 0;
}
