import { readBootId } from '../linux/boot-id.ts';
import type { TargetHistory } from '../model/history.ts';
import { historyLine, openStorage, type SavedDeaths, type SavedHistory, type Storage } from '../recorder/storage.ts';
import type { Clock } from './clock.ts';
import { type Collector, createCollector } from './collector.ts';
import { createFailureReport } from './failure-report.ts';
import type { Logger } from './logger.ts';
import type { MonitorTimes } from './times.ts';

/** Keeps histories and counters of deaths over a restart of ours. Never throws: what fails is told and counted. */
export interface StateKeeper extends Pick<Collector, 'stats'> {
  /** To be called once, before the first round. */
  loadDeaths(): SavedDeaths[];
  /** What was kept of a target; asked for once. */
  history(key: string): TargetHistory | undefined;
  /** To be called in every round: saves when it is time, or when someone has died. */
  keep(state: KeptState): void;
  /** Waits for a save that is under way, and saves for the last time. */
  close(state: KeptState): Promise<void>;
}

export interface KeptState {
  readonly targets: readonly { readonly key: string; history(): TargetHistory }[];
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
  const unclaimed = new Map<string, SavedHistory>();
  let storage: Storage | undefined;
  let saving: Promise<void> | undefined;
  let saveAtSeconds = clock.elapsedSeconds() + times.saveSeconds;
  let forgetAtSeconds = Number.POSITIVE_INFINITY;
  let savedKills = 0;

  /** What cannot be loaded is told, file by file, and done without. */
  function load<Result>(work: () => Result): Result | undefined {
    try {
      return work();
    } catch (error) {
      collector.failed(error);
      createFailureReport(logger, 'loading the state', { storagePath }).failed(error);
      return undefined;
    }
  }

  async function save(state: KeptState): Promise<void> {
    const beganAt = clock.elapsedSeconds();
    const isTime = beganAt >= saveAtSeconds;
    if (isTime) saveAtSeconds = beganAt + times.saveSeconds;
    try {
      try {
        await saveDeaths(state);
      } finally {
        // Two files: what is wrong with one may not be with the other.
        if (isTime) await saveHistories(state);
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
    savedKills = killsIn(deaths);
    await storage?.saveDeaths(deaths);
  }

  async function saveHistories(state: KeptState): Promise<void> {
    const bytes = (await storage?.saveHistories(lines(state))) ?? 0;
    saveAtSeconds = Math.max(saveAtSeconds, clock.elapsedSeconds() + bytes / BYTES_PER_SECOND);
  }

  function* lines({ targets }: KeptState): Generator<string> {
    for (const target of targets) yield historyLine(target.key, target.history());
    if (clock.elapsedSeconds() > forgetAtSeconds) unclaimed.clear();
    for (const { line } of unclaimed.values()) yield line;
  }

  return {
    stats: collector.stats,
    loadDeaths() {
      storage = load(() => openStorage(storagePath, readBootId(procfsPath)));
      forgetAtSeconds = clock.elapsedSeconds() + times.unclaimedSeconds;
      for (const saved of load(() => storage?.loadHistories()) ?? []) unclaimed.set(saved.key, saved);
      const deaths = load(() => storage?.loadDeaths()) ?? [];
      savedKills = killsIn(deaths);
      return deaths;
    },
    history(key) {
      const saved = unclaimed.get(key);
      unclaimed.delete(key);
      return saved && load(saved.parse);
    },
    keep(state) {
      if (saving !== undefined) return;
      if (clock.elapsedSeconds() < saveAtSeconds && killsIn(state.deaths) === savedKills) return;
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

function killsIn(deaths: readonly SavedDeaths[]): number {
  return deaths.reduce((sum, { oomKills }) => sum + oomKills, 0);
}
