import type { OomKillCounter } from '../../linux/cgroup.ts';
import { readExitStatus } from '../../linux/exit-status.ts';
import { type NodeMemory, readMeminfo } from '../../linux/meminfo.ts';
import { readProcessVitals } from '../../linux/process-vitals.ts';
import { absentOnFailure, ReadFailure } from '../../model/failure.ts';
import { type LogWatch, watchLog } from '../../recorder/log-watch.ts';
import { type FreshRemains, watchFreshRemains } from '../fresh-remains.ts';
import type { Logger } from '../logger.ts';
import type { TargetWatch } from '../target-watch.ts';
import type { MonitorTimes } from '../times.ts';
import { findEnding, type HeapUse } from './ending-finding.ts';
import { createErrorRise } from './error-rise.ts';
import type { IncidentRecorder } from './incident-recorder.ts';
import { createOomLedger } from './oom-ledger.ts';
import type { DeathRegister } from './service-deaths.ts';

/** Finds out how targets ended, counts it per service, and has what was remembered of them recorded. */
export interface Endings {
  /** To be told of every living target in every round, after its vitals. */
  living(watch: TargetWatch, nowSeconds: number): void;
  /** To be told, all together, of the targets that discovery does not find any more: most have ended. */
  left(watches: readonly TargetWatch[], nowSeconds: number): void;
  /** To be told, all together, of those that have certainly ended. */
  ended(watches: readonly TargetWatch[], nowSeconds: number): void;
  /** Forgets who lives. Idempotent. */
  close(): void;
}

export interface EndingsOptions {
  readonly register: DeathRegister;
  readonly recorder: Pick<IncidentRecorder, 'record'>;
  readonly times: MonitorTimes;
  /** Reads what targets log; only when the user says so. */
  readonly watchLogs?: boolean;
  /** Where procfs is mounted. */
  readonly procfsPath: string;
  readonly logger: Logger;
}

/** What is remembered of a living target, because nobody can tell it of a dead one. */
interface Life {
  readonly remains: FreshRemains | undefined;
  readonly log: LogWatch | undefined;
  heap: HeapUse | undefined;
  errors: { readonly atSeconds: number; readonly counts: Readonly<Record<string, number>> }[];
}

export function createEndings({
  register,
  recorder,
  times,
  watchLogs = false,
  procfsPath,
  logger,
}: EndingsOptions): Endings {
  const ledger = createOomLedger(times.oomClaimSeconds);
  const riseOf = createErrorRise();
  const lives = new Map<TargetWatch, Life>();
  /** As of the round before: the memory of who was killed is free by now. */
  let node: NodeMemory | undefined;
  let nodeAtSeconds = Number.NEGATIVE_INFINITY;

  function ended(watches: readonly TargetWatch[], nowSeconds: number): void {
    // The kernel kills the largest first: of several that ended in one cgroup, that one was it.
    for (const watch of watches.toSorted((a, b) => residentBytes(b) - residentBytes(a))) {
      const { target } = watch;
      const life = lives.get(watch);
      const finding = findEnding({
        snapshot: watch.snapshot(0),
        killedIn: claimKill(watch, nowSeconds),
        node,
        heap: life?.heap,
        recentErrors: recentErrors(life, nowSeconds),
        loggedErrors: life?.log?.errors(nowSeconds, times.oomErrorSeconds).memoryErrors,
        remains: life?.remains?.find() ?? [],
        exit: readExitStatus(target.process),
      });
      const fields = { pid: target.process.pid, service: target.serviceName };
      if (finding.ending === 'oom_killed') {
        register.oomKilled(target);
        logger.warn(fields, 'a target was killed by the kernel for want of memory');
      } else {
        logger.info({ ...fields, ending: finding.ending }, 'a target has ended');
      }
      recorder.record(watch, finding, nowSeconds, life?.log?.errors(nowSeconds, times.logSeconds));
      forget(watch);
    }
  }

  /** The path of the cgroup in which a kill is counted that belongs to no other target. */
  function claimKill({ cgroup: { own, outer } }: TargetWatch, nowSeconds: number): string | undefined {
    const ownKills = own?.readOomKills();
    observe(own, ownKills, nowSeconds);
    observe(outer, outer?.readOomKills(), nowSeconds);
    const claimed = own !== undefined && ledger.claim(own.key, nowSeconds) ? pathOf(own) : undefined;
    // A kill counts in both: it is claimed in both. A cgroup that is still there knows better than the one around it,
    // in which others are killed too.
    if (outer === undefined || (claimed === undefined && ownKills !== undefined)) return claimed;
    return ledger.claim(outer.key, nowSeconds) ? (claimed ?? pathOf(outer)) : claimed;
  }

  function observe(counter: OomKillCounter | undefined, oomKills: number | undefined, nowSeconds: number): void {
    if (counter !== undefined && oomKills !== undefined) ledger.observe(counter.key, oomKills, nowSeconds);
  }

  function observeNode(nowSeconds: number): void {
    if (Math.abs(nowSeconds - nodeAtSeconds) < times.roundSeconds) return;
    node = absentOnFailure(() => readMeminfo(procfsPath));
    nodeAtSeconds = nowSeconds;
  }

  function lifeOf(watch: TargetWatch): Life {
    const known = lives.get(watch);
    if (known !== undefined) return known;
    const { process, runtime } = watch.target;
    const remains =
      runtime === 'jvm' ? absentOnFailure(() => watchFreshRemains(process, times.oomErrorSeconds)) : undefined;
    const log = watchLogs ? watchLog(watch.target) : undefined;
    const life = { remains, log, heap: undefined, errors: [] };
    lives.set(watch, life);
    return life;
  }

  function recentErrors(life: Life | undefined, nowSeconds: number): Record<string, number> {
    const sums: Record<string, number> = {};
    for (const { atSeconds, counts } of life?.errors ?? []) {
      if (atSeconds + times.oomErrorSeconds < nowSeconds) continue;
      for (const [kind, count] of Object.entries(counts)) sums[kind] = (sums[kind] ?? 0) + count;
    }
    return sums;
  }

  function forget(watch: TargetWatch): void {
    const life = lives.get(watch);
    life?.remains?.close();
    life?.log?.close();
    lives.delete(watch);
  }

  return {
    living(watch, nowSeconds) {
      register.seen(watch.target, nowSeconds);
      const counts = riseOf(watch);
      register.outOfMemory(watch.target, counts);
      const life = lifeOf(watch);
      life.remains?.look(nowSeconds);
      life.log?.read(nowSeconds);
      life.heap = heapUse(watch) ?? life.heap;
      life.errors = life.errors.filter(({ atSeconds }) => atSeconds + times.oomErrorSeconds >= nowSeconds);
      if (Object.values(counts).some((count) => count > 0)) life.errors.push({ atSeconds: nowSeconds, counts });
      const { own, outer } = watch.cgroup;
      observe(own, watch.vitals?.cgroup?.oomKills, nowSeconds);
      observe(outer, outer?.readOomKills(), nowSeconds);
      observeNode(nowSeconds);
    },
    left(watches, nowSeconds) {
      ended(watches.filter(hasEnded), nowSeconds);
      for (const watch of watches) forget(watch);
    },
    ended,
    close() {
      for (const watch of lives.keys()) forget(watch);
    },
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

/**
 * V8's limit is that of the old generation and three semi-spaces of 16 MiB, unless --max-semi-space-size says otherwise;
 * it gives up when the old generation is full.
 */
const V8_YOUNG_BYTES = 48 * 1024 * 1024;

/** Of several heaps that which is nearest to its limit; undefined where one of the two figures is not known. */
function heapUse({ target, vitals, liveFloor }: TargetWatch): HeapUse | undefined {
  const { limitBytes, bindingHeap } = vitals?.heap ?? {};
  const wholeBytes = bindingHeap?.limitBytes ?? limitBytes;
  const usedBytes = bindingHeap ? bindingHeap.liveBytes : liveFloor?.bytes;
  if (wholeBytes === undefined || usedBytes === undefined) return undefined;
  if (target.runtime !== 'nodejs') return { bytes: wholeBytes, usedBytes };
  const { usedBytes: allBytes, spaceUsedBytes } = vitals?.heap ?? {};
  const youngBytes = spaceUsedBytes?.new;
  // Of several heaps only the sum is known.
  const isKnown = bindingHeap === undefined && allBytes !== undefined && youngBytes !== undefined;
  return {
    bytes: Math.max(1, wholeBytes - V8_YOUNG_BYTES),
    usedBytes,
    ...(isKnown && { oldBytes: allBytes - youngBytes }),
  };
}

/** Of a counter's key, `2:/kubepods/pod7`. */
function pathOf({ key }: OomKillCounter): string {
  return key.slice(key.indexOf(':') + 1);
}

function residentBytes({ vitals }: TargetWatch): number {
  return vitals?.process.residentBytes ?? 0;
}
