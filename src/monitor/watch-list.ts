import type { Runtime } from '../runtimes/runtime.ts';
import type { DiscoveredTarget } from './discovery/discovery.ts';
import { type SavedTarget, type TargetWatch, type WatchOptions, watchTarget } from './target-watch.ts';

/** The targets that are watched, oldest first, as discovery found them. */
export interface WatchList {
  /** Follows discovery; answers with those that were added, and those that are closed now. */
  follow(found: readonly DiscoveredTarget[]): { added: TargetWatch[]; removed: TargetWatch[] };
  remove(watch: TargetWatch): void;
  all(): TargetWatch[];
  find(pid: number, startTicks: number): TargetWatch | undefined;
}

export interface WatchListOptions extends WatchOptions {
  /** What was kept of a target over a restart of ours; asked for once. */
  readonly savedTarget: (key: string) => SavedTarget;
}

export function createWatchList(runtimes: readonly Runtime[], options: WatchListOptions): WatchList {
  const watches = new Map<string, TargetWatch>();
  const byName = new Map(runtimes.map((runtime) => [runtime.name, runtime]));
  const { logger } = options;

  function add(key: string, { target }: DiscoveredTarget): TargetWatch {
    // Discovery asked this very list of runtimes.
    const watch = watchTarget({ target, key, saved: options.savedTarget(key) }, byName.get(target.runtime)!, options);
    watches.set(key, watch);
    const { process, runtime, version, serviceName: service } = target;
    logger.info({ pid: process.pid, runtime, version, service }, 'watching');
    return watch;
  }

  function close(key: string, watch: TargetWatch): TargetWatch {
    watches.delete(key);
    watch.close();
    return watch;
  }

  return {
    follow(found) {
      const keys = new Map(found.map((target) => [keyOf(target), target]));
      const leavers = [...watches].filter(([key]) => !keys.has(key));
      const comers = [...keys].filter(([key]) => !watches.has(key));
      for (const [key, { target }] of keys) watches.get(key)?.identify(target);
      return {
        removed: leavers.map(([key, watch]) => close(key, watch)),
        added: comers.map(([key, target]) => add(key, target)),
      };
    },
    remove(watch) {
      for (const [key, candidate] of watches) if (candidate === watch) close(key, watch);
    },
    all: () => [...watches.values()],
    find: (pid, startTicks) =>
      [...watches.values()].find(({ target: { process } }) => process.pid === pid && process.startTicks === startTicks),
  };
}

function keyOf({ target, image }: DiscoveredTarget): string {
  return `${target.process.pid} ${target.process.startTicks} ${image}`;
}
