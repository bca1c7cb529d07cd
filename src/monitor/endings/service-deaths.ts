import type { Ending } from '../../model/incident.ts';
import type { ServiceDeaths } from '../../model/snapshot.ts';
import type { Target } from '../../model/target.ts';
import type { SavedDeaths } from '../../recorder/storage.ts';

/** Counts deaths per service; they outlive the processes. */
export interface DeathRegister {
  /** The service has a target now: its counters start at 0. */
  seen(target: Target, nowSeconds: number): void;
  oomKilled(target: Target): void;
  incident(target: Target, ending: Ending): void;
  /** So many more OutOfMemoryErrors by kind: they need not end the process, but often do. */
  outOfMemory(target: Target, errors: Readonly<Record<string, number>>): void;
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

  /** Without it programs of ever new names would leave no place for others' deaths. False when all of them live. */
  function makeRoom(nowSeconds: number): boolean {
    const gone = [...services].filter(([, { seenAtSeconds }]) => seenAtSeconds < nowSeconds);
    const uneventful = gone.filter(([, service]) => countsOf(service).every((count) => count === 0));
    const candidates = uneventful.length > 0 ? uneventful : gone;
    if (candidates.length === 0) return false;
    const [key] = candidates.reduce((a, b) => (b[1].seenAtSeconds < a[1].seenAtSeconds ? b : a));
    return services.delete(key);
  }

  return {
    seen(target, nowSeconds) {
      const key = keyOf(target);
      const service = services.get(key);
      if (service === undefined && services.size >= MOST_SERVICES && !makeRoom(nowSeconds)) return;
      const { serviceName, runtime } = target;
      services.set(key, { oomKills: 0, ...service, serviceName, runtime, seenAtSeconds: nowSeconds });
    },
    oomKilled(target) {
      const service = services.get(keyOf(target));
      if (service !== undefined) services.set(keyOf(target), { ...service, oomKills: service.oomKills + 1 });
    },
    incident(target, ending) {
      const service = services.get(keyOf(target));
      if (service === undefined) return;
      services.set(keyOf(target), { ...service, incidents: addCounts(service.incidents, { [ending]: 1 })! });
    },
    outOfMemory(target, errors) {
      const service = services.get(keyOf(target));
      if (service === undefined || Object.keys(errors).length === 0) return;
      services.set(keyOf(target), { ...service, outOfMemoryErrors: addCounts(service.outOfMemoryErrors, errors)! });
    },
    list: (nowSeconds) => saved(nowSeconds).map(({ seenAtSeconds: _, ...deaths }) => deaths),
    saved,
    restore(earlier) {
      for (const service of earlier.slice(0, MOST_SERVICES)) {
        const { oomKills = 0, outOfMemoryErrors, incidents } = services.get(keyOf(service)) ?? {};
        const errors = addCounts(service.outOfMemoryErrors, outOfMemoryErrors);
        const allIncidents = addCounts(service.incidents, incidents);
        services.set(keyOf(service), {
          ...service,
          oomKills: service.oomKills + oomKills,
          ...(errors && { outOfMemoryErrors: errors }),
          ...(allIncidents && { incidents: allIncidents }),
        });
      }
    },
  };
}

function countsOf({ oomKills, incidents = {}, outOfMemoryErrors = {} }: SavedDeaths): number[] {
  return [oomKills, ...Object.values(incidents), ...Object.values(outOfMemoryErrors)];
}

type Counts = Readonly<Record<string, number>>;

function addCounts(some: Counts | undefined, more: Counts | undefined): Counts | undefined {
  if (some === undefined || more === undefined) return some ?? more;
  const sums = Object.entries(more).map(([kind, count]) => [kind, count + (some[kind] ?? 0)]);
  return { ...some, ...Object.fromEntries(sums) };
}
