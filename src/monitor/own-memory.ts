import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { openProcessCgroup } from '../linux/cgroup.ts';
import { readOwnPid } from '../linux/process-list.ts';
import type { CollectorStats } from '../model/snapshot.ts';
import type { CgroupVitals } from '../model/vitals.ts';
import type { Logger } from './logger.ts';

const ORDER = ['none', 'scarce', 'critical'] as const;

/** How short of memory heapwatch itself is. */
export type Shortage = (typeof ORDER)[number];

/** Watches the memory of heapwatch itself, which shall do less before it is killed. */
export interface OwnMemory {
  /** As of the last look. */
  readonly shortage: Shortage;
  /** To be called in every round; never throws for what it reads. */
  look(): Shortage;
  /** How often memory became so short, as errors by shortage. */
  stats(): CollectorStats;
}

/** Used shares of the nearest limit from which on memory is short. */
const SHORT_FROM = { scarce: 0.8, critical: 0.9 } as const;
/** In a cgroup with a leaking service that has the rest of it, censuses are what is needed most: those go on. */
const LEAST_OWN_SHARE = 0.25;
/** So much less before it is not any more: what was let go would come and go. */
const HYSTERESIS = 0.1;

const MEASURES = {
  scarce: 'censuses come rarely, and histories older than 6 hours are let go',
  critical: 'there are no censuses, and histories older than 20 minutes are let go',
} as const;

/** A limit of ours, and what is used of it. */
interface Use {
  readonly of: string;
  readonly usedBytes: number;
  readonly limitBytes: number;
}

/** What is asked of V8. */
export interface OwnHeap {
  /** What it uses and may use. */
  use(): Use;
  collectGarbage(): void;
}

export function createOwnMemory(procfsPath: string, logger: Logger, heap: OwnHeap = ownHeap): OwnMemory {
  const pid = readOwnPid(procfsPath);
  const cgroup = pid === undefined ? undefined : openProcessCgroup({ procfsPath, pid, startTicks: 0 });
  const errors: Record<string, number> = {};
  let shortage: Shortage = 'none';

  function tell(now: Shortage, use: Use): void {
    const percent = Math.round(shareOf(use) * 100);
    const used = `${percent} % of ${Math.round(use.limitBytes / 2 ** 20)} MiB, the limit of our own ${use.of}, are used`;
    if (now === 'none') logger.info({}, `${used}: that is enough again for all censuses and histories`);
    else logger.warn({}, `${used}: ${MEASURES[now]}; give heapwatch more memory, or fewer processes to watch`);
  }

  return {
    get shortage() {
      return shortage;
    },
    look() {
      const nearest = [heap.use(), ...cgroupUses(cgroup?.read())].reduce((a, b) => (shareOf(b) > shareOf(a) ? b : a));
      const now = shortageAt(shareOf(nearest), shortage);
      if (now !== shortage) tell(now, nearest);
      if (ORDER.indexOf(now) > ORDER.indexOf(shortage)) errors[now] = (errors[now] ?? 0) + 1;
      shortage = now;
      // V8 knows nothing of a cgroup that is full, and may let its heap grow to more than fits.
      if (now !== 'none') heap.collectGarbage();
      return now;
    },
    stats: () => ({ collector: 'memory', errors: { ...errors } }),
  };
}

/** Where a share of the limit is used and memory was so short before. */
export function shortageAt(share: number, before: Shortage): Shortage {
  const isAtLeast = (level: 'scarce' | 'critical', wasAtLeast: boolean) =>
    share >= SHORT_FROM[level] - (wasAtLeast ? HYSTERESIS : 0);
  if (isAtLeast('critical', before === 'critical')) return 'critical';
  return isAtLeast('scarce', before !== 'none') ? 'scarce' : 'none';
}

function shareOf({ usedBytes, limitBytes }: Use): number {
  return usedBytes / limitBytes;
}

/** A collection takes 50 ms, say: then a twentieth of the time goes into them. */
const REST_AFTER_COLLECTION = 20;
let collectAtMs = 0;

const ownHeap: OwnHeap = {
  use() {
    const { used_heap_size: usedBytes, heap_size_limit: limitBytes } = getHeapStatistics();
    return { of: 'heap', usedBytes, limitBytes };
  },
  collectGarbage() {
    const beganMs = performance.now();
    if (beganMs < collectAtMs) return;
    // Only a context that is made after the flag was set has the function.
    setFlagsFromString('--expose-gc');
    runInNewContext('gc')();
    setFlagsFromString('--no-expose-gc');
    collectAtMs = performance.now() + REST_AFTER_COLLECTION * (performance.now() - beganMs);
  },
};

/** Of our cgroup and of the one around it that is nearer to its limit, where what we do without makes a difference. */
function cgroupUses(vitals: CgroupVitals | undefined): Use[] {
  const residentBytes = process.memoryUsage.rss();
  return [vitals, vitals?.bindingAncestor].flatMap((one) =>
    one?.limitBytes === undefined || residentBytes < LEAST_OWN_SHARE * one.limitBytes
      ? []
      : [{ of: 'cgroup', usedBytes: one.workingSetBytes, limitBytes: one.limitBytes }],
  );
}
