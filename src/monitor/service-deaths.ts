import type { ServiceDeaths } from '../model/snapshot.ts';
import type { Target } from '../model/target.ts';

/** Counts deaths per service; they outlive the processes. */
export interface DeathRegister {
  /** The service has a target now: its counters start at 0. */
  seen(target: Target, nowSeconds: number): void;
  oomKilled(target: Target): void;
  list(nowSeconds: number): ServiceDeaths[];
}

/** A program that gives each of its processes another name must not fill our memory. */
const MOST_SERVICES = 1000;

export function createDeathRegister(keepSeconds: number): DeathRegister {
  const services = new Map<string, ServiceDeaths & { seenAtSeconds: number }>();
  const keyOf = ({ serviceName, runtime }: Target) => `${runtime} ${serviceName}`;
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
    list(nowSeconds) {
      for (const [key, { seenAtSeconds }] of services) {
        if (seenAtSeconds + keepSeconds < nowSeconds) services.delete(key);
      }
      return [...services.values()].map(({ serviceName, runtime, oomKills }) => ({ serviceName, runtime, oomKills }));
    },
  };
}
