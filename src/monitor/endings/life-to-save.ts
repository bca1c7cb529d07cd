import type { OomKillCounter } from '../../linux/cgroup.ts';
import type { LogWatch } from '../../recorder/log-watch.ts';
import type { SavedLife, SavedOomKills } from '../../recorder/saved-life.ts';
import type { FreshRemains } from '../fresh-remains.ts';
import type { TargetWatch } from '../target-watch.ts';
import type { OomLedger } from './oom-ledger.ts';

/** Where to look for what says how it ends. */
export interface LifeSources {
  readonly remains: Pick<FreshRemains, 'place'> | undefined;
  readonly log: Pick<LogWatch, 'places'> | undefined;
  readonly ledger: Pick<OomLedger, 'settled'>;
}

/** What the next run of ours must know to tell how a target has ended meanwhile; undefined of one that was not read yet. */
export function lifeToSave(
  { key, target, vitals, assessment, cgroup }: TargetWatch,
  { remains, log, ledger }: LifeSources,
): SavedLife | undefined {
  if (vitals === undefined) return undefined;
  const { process, ...identity } = target;
  const { pid, startTicks } = process;
  const own = killsToSave(cgroup.own, ledger);
  const outer = killsToSave(cgroup.outer, ledger);
  const place = remains?.place();
  return {
    key,
    atSeconds: vitals.atSeconds,
    target: { ...identity, pid, startTicks },
    vitals,
    ...(assessment && { assessment }),
    oomKills: { ...(own && { own }), ...(outer && { outer }) },
    ...(place && { remains: place }),
    logs: log?.places() ?? [],
  };
}

/** Not as counted by now: a kill since the last round, or of a process that is still on its way out, shall be found then. */
function killsToSave(counter: OomKillCounter | undefined, ledger: LifeSources['ledger']): SavedOomKills | undefined {
  if (counter === undefined) return undefined;
  const { key } = counter;
  const place = counter.place();
  const count = ledger.settled(key);
  return place === undefined || count === undefined ? undefined : { key, place, count };
}
