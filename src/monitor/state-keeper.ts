import { parseAssessorState } from '../analysis/assessor-state.ts';
import { readBootId } from '../linux/boot-id.ts';
import { readProcessStat } from '../linux/process-stat.ts';
import { absentOnFailure } from '../model/failure.ts';
import type { TargetHistory } from '../model/history.ts';
import type { SavedLife } from '../recorder/saved-life.ts';
import {
  historyLine,
  openStorage,
  type SavedDeaths,
  type SavedHistory,
  type SavedVerdict,
  type Storage,
  verdictLine,
} from '../recorder/storage.ts';
import type { Clock } from './clock.ts';
import { type Collector, createCollector } from './collector.ts';
import { createFailureReport } from './failure-report.ts';
import type { Logger } from './logger.ts';
import type { SavedTarget, TargetWatch } from './target-watch.ts';
import type { MonitorTimes } from './times.ts';

/** Keeps histories, verdicts, counters of deaths and who lived over a restart of ours. Never throws: what fails is told and counted. */
export interface StateKeeper extends Pick<Collector, 'stats'> {
  /** To be called once, before the first round. */
  loadDeaths(): SavedDeaths[];
  /** Who lived then. To be called once, after that. */
  loadLives(): SavedLife[];
  /** What was kept of a target; asked for once. */
  target(key: string): SavedTarget;
  /** The same history, left for whoever else asks. */
  history(key: string): TargetHistory | undefined;
  /** To be called in every round: saves when it is time, or when someone has come, fallen ill or died. */
  keep(state: KeptState): void;
  /** Waits for a save that is under way, and saves for the last time. */
  close(state: KeptState): Promise<void>;
}

export interface KeptState {
  readonly targets: readonly Pick<TargetWatch, 'key' | 'history' | 'verdictState' | 'assessment' | 'cgroup'>[];
  readonly lives: () => SavedLife[];
  readonly deaths: readonly SavedDeaths[];
}

export interface StateKeeperOptions {
  readonly storagePath: string;
  /** Where procfs is mounted. */
  readonly procfsPath: string;
  readonly times: MonitorTimes;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Hundreds of targets with a day's history are tens of MB: those are saved less often, so that a disk of flash is not
 * worn out by us. 20 of them still fit into a minute.
 */
const BYTES_PER_SECOND = 128 * 1024;

export function createStateKeeper(options: StateKeeperOptions): StateKeeper {
  const { storagePath, procfsPath, times, clock, logger } = options;
  const collector = createCollector('storage');
  const report = createFailureReport(logger, 'saving the state', { storagePath });
  const loadReport = () => createFailureReport(logger, 'loading the state', { storagePath });
  // After an update all of them may be of an earlier version: that is told once.
  const verdictReport = loadReport();
  const unclaimed = { histories: new Map<string, SavedHistory>(), verdicts: new Map<string, SavedVerdict>() };
  let storage: Storage | undefined;
  let saving: Promise<void> | undefined;
  let saveAtSeconds = clock.elapsedSeconds() + times.saveSeconds;
  let forgetAtSeconds = Number.POSITIVE_INFINITY;
  let savedDeaths = 0;
  let savedLives = '';

  /** What cannot be loaded is told, file by file, and done without. */
  function load<Result>(work: () => Result, told = loadReport()): Result | undefined {
    try {
      return work();
    } catch (error) {
      collector.failed(error);
      told.failed(error);
      return undefined;
    }
  }

  async function save(state: KeptState): Promise<void> {
    const beganAt = clock.elapsedSeconds();
    const isTime = beganAt >= saveAtSeconds;
    if (isTime) saveAtSeconds = beganAt + times.saveSeconds;
    try {
      // Several files: what is wrong with one may not be with the others.
      try {
        if (isTime || deathsIn(state.deaths) !== savedDeaths) await saveDeaths(state);
      } finally {
        try {
          if (isTime || livesIn(state) !== savedLives) await saveLives(state);
        } finally {
          if (isTime) await saveTargets(state);
        }
      }
      report.worked();
    } catch (error) {
      collector.failed(error);
      report.failed(error);
    }
    collector.ran(clock.elapsedSeconds() - beganAt);
  }

  async function saveDeaths({ deaths }: KeptState): Promise<void> {
    // Also when it fails: it is tried again with the histories.
    savedDeaths = deathsIn(deaths);
    await storage?.saveDeaths(deaths);
  }

  async function saveLives(state: KeptState): Promise<void> {
    savedLives = livesIn(state);
    await storage?.saveLives(state.lives());
  }

  async function saveTargets({ targets }: KeptState): Promise<void> {
    if (storage === undefined) return;
    if (clock.elapsedSeconds() > forgetAtSeconds) for (const saved of Object.values(unclaimed)) saved.clear();
    let bytes = 0;
    try {
      bytes += await storage.saveHistories(
        lines(targets, (it) => historyLine(it.key, it.history()), unclaimed.histories),
      );
    } finally {
      bytes += await storage.saveVerdicts(
        lines(targets, (it) => verdictLine(it.key, it.verdictState()), unclaimed.verdicts),
      );
      saveAtSeconds = Math.max(saveAtSeconds, clock.elapsedSeconds() + bytes / BYTES_PER_SECOND);
    }
  }

  return {
    stats: collector.stats,
    loadDeaths() {
      storage = load(() => openStorage(storagePath, readBootId(procfsPath), initTicks(procfsPath)));
      forgetAtSeconds = clock.elapsedSeconds() + times.unclaimedSeconds;
      for (const saved of load(() => storage?.loadHistories()) ?? []) unclaimed.histories.set(saved.key, saved);
      for (const saved of load(() => storage?.loadVerdicts()) ?? []) unclaimed.verdicts.set(saved.key, saved);
      const deaths = load(() => storage?.loadDeaths()) ?? [];
      savedDeaths = deathsIn(deaths);
      return deaths;
    },
    loadLives: () => load(() => storage?.loadLives()) ?? [],
    history(key) {
      const saved = unclaimed.histories.get(key);
      return saved && load(saved.parse);
    },
    target(key) {
      const { histories, verdicts } = unclaimed;
      const history = histories.get(key);
      const verdict = verdicts.get(key);
      histories.delete(key);
      verdicts.delete(key);
      return {
        history: history && load(history.parse),
        verdict: verdict && load(() => parseAssessorState(verdict.parse()), verdictReport),
      };
    },
    keep(state) {
      if (saving !== undefined) return;
      const isSaved = deathsIn(state.deaths) === savedDeaths && livesIn(state) === savedLives;
      if (clock.elapsedSeconds() < saveAtSeconds && isSaved) return;
      saving = save(state).finally(() => {
        saving = undefined;
      });
    },
    async close(state) {
      await saving;
      saveAtSeconds = Number.NEGATIVE_INFINITY;
      await save(state);
    },
  };
}

/** Made one by one, as each may be large; then those of targets that were not found again yet. */
function* lines<Target>(
  targets: readonly Target[],
  lineOf: (target: Target) => string,
  unclaimed: ReadonlyMap<string, { readonly line: string }>,
): Generator<string> {
  for (const target of targets) yield lineOf(target);
  for (const { line } of unclaimed.values()) yield line;
}

/** Changes with who lives where, and is ill: what became of them could not be told otherwise. */
function livesIn({ targets }: KeptState): string {
  return targets.map(({ key, assessment, cgroup }) => `${key} ${cgroup.own?.key} ${assessment?.verdict}`).join('\n');
}

/** Of process 1, which every pid namespace has. */
function initTicks(procfsPath: string): number | undefined {
  return absentOnFailure(() => readProcessStat(procfsPath, 1).startTicks);
}

function deathsIn(deaths: readonly SavedDeaths[]): number {
  const incidents = deaths.flatMap((service) => Object.values(service.incidents ?? {}));
  return [...deaths.map(({ oomKills }) => oomKills), ...incidents].reduce((sum, count) => sum + count, 0);
}
