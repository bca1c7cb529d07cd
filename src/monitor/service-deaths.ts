import type { ServiceDeaths } from '../model/snapshot.ts';
import type { Target } from '../model/target.ts';
import type { SavedDeaths } from '../recorder/storage.ts';

/** Counts deaths per service; they outlive the processes. */
export interface DeathRegister {
  /** The service has a target now: its counters start at 0. */
  seen(target: Target, nowSeconds: number): void;
  oomKilled(target: Target): void;
  list(nowSeconds: number): ServiceDeaths[];
  /** The same, to be kept over a restart. */
  saved(nowSeconds: number): SavedDeaths[];
  /** Puts back what was kept; what was counted since is added. */
  restore(saved: readonly SavedDeaths[]): void;
}

/** A program that gives each of its processes another name must not fill our memory. */
const MOST_SERVICES = 1000;

export function createDeathRegister(keepSeconds: number): DeathRegister {
  const services = new Map<string, SavedDeaths>();
  const keyOf = ({ serviceName, runtime }: Pick<SavedDeaths, 'serviceName' | 'runtime'>) => `${runtime} ${serviceName}`;

  function saved(nowSeconds: number): SavedDeaths[] {
    for (const [key, { seenAtSeconds }] of services) {
      if (seenAtSeconds + keepSeconds < nowSeconds) services.delete(key);
    }
    return [...services.values()];
  }

  return {
    seen(target, nowSeconds) {
      const key = keyOf(target);
      const service = services.get(key);
      if (service === undefined && services.size >= MOST_SERVICES) return;
      const { serviceName, runtime } = target;
      services.set(key, { serviceName, runtime, oomKills: service?.oomKills ?? 0, seenAtSeconds: nowSeconds });
    },
    oomKilled(target) {
      const service = services.get(keyOf(target));
      if (service !== undefined) services.set(keyOf(target), { ...service, oomKills: service.oomKills + 1 });
    },
    list: (nowSeconds) =>
      saved(nowSeconds).map(({ serviceName, runtime, oomKills }) => ({ serviceName, runtime, oomKills })),
    saved,
    restore(earlier) {
      for (const service of earlier.slice(0, MOST_SERVICES)) {
        const { oomKills = 0 } = services.get(keyOf(service)) ?? {};
        services.set(keyOf(service), { ...service, oomKills: service.oomKills + oomKills });
      }
    },
  };
}
