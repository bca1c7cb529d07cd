import type { OomKillCounter } from '../../linux/cgroup.ts';
import { readExitStatus } from '../../linux/exit-status.ts';
import { type NodeMemory, readMeminfo } from '../../linux/meminfo.ts';
import { readProcessVitals } from '../../linux/process-vitals.ts';
import { absentOnFailure, ReadFailure } from '../../model/failure.ts';
import type { TargetHistory } from '../../model/history.ts';
import type { EndingFinding } from '../../model/incident.ts';
import type { ProcessRef, Target } from '../../model/target.ts';
import type { Vitals } from '../../model/vitals.ts';
import type { LogErrors } from '../../recorder/log-sieve.ts';
import { kindsOf, type LogWatch } from '../../recorder/log-watch.ts';
import type { SavedLife } from '../../recorder/saved-life.ts';
import type { Logger } from '../logger.ts';
import type { TargetWatch } from '../target-watch.ts';
import type { MonitorTimes } from '../times.ts';
import { findEnding } from './ending-finding.ts';
import { createErrorRise } from './error-rise.ts';
import type { EvidenceTaker } from './evidence-taker.ts';
import { heapUse } from './heap-use.ts';
import type { IncidentRecorder, Remembered } from './incident-recorder.ts';
import { lifeToSave } from './life-to-save.ts';
import { createLives } from './lives.ts';
import { findLostLives } from './lost-lives.ts';
import { claimKill, createOomLedger } from './oom-ledger.ts';
import type { DeathRegister } from './service-deaths.ts';

/** Finds out how targets ended, counts it per service, and has what was remembered of them recorded. */
export interface Endings {
  /** To be told of every living target in every round, after its vitals. */
  living(watch: TargetWatch, nowSeconds: number): void;
  /** To be told, all together, of the targets that discovery does not find any more: most have ended. */
  left(watches: readonly TargetWatch[], nowSeconds: number): void;
  /** To be told, all together, of those that have certainly ended. */
  ended(watches: readonly TargetWatch[], nowSeconds: number): void;
  /** To be told once, before the first round, of those that lived when an earlier run of ours saved its state. */
  before(lives: readonly SavedLife[], historyOf: (key: string) => TargetHistory | undefined, nowSeconds: number): void;
  /** What the next run must know to tell how these have ended. */
  lives(watches: readonly TargetWatch[]): SavedLife[];
  /** Forgets who lives. Idempotent. */
  close(): void;
}

export interface EndingsOptions {
  readonly register: DeathRegister;
  /** Where the user has opted in. */
  readonly evidence?: Pick<EvidenceTaker, 'consider'> | undefined;
  readonly recorder: Pick<IncidentRecorder, 'record' | 'has'>;
  readonly times: MonitorTimes;
  /** Reads what targets log; only when the user says so. */
  readonly watchLogs?: boolean;
  /** Where procfs is mounted. */
  readonly procfsPath: string;
  readonly logger: Logger;
}

export function createEndings({
  register,
  evidence,
  recorder,
  times,
  watchLogs = false,
  procfsPath,
  logger,
}: EndingsOptions): Endings {
  const ledger = createOomLedger(times.oomClaimSeconds);
  const riseOf = createErrorRise();
  const lives = createLives({ errorSeconds: times.oomErrorSeconds, watchLogs });
  /** As of the round before: the memory of who was killed is free by now. */
  let node: NodeMemory | undefined;
  let nodeAtSeconds = Number.NEGATIVE_INFINITY;

  function ended(watches: readonly TargetWatch[], nowSeconds: number): void {
    // The kernel kills the largest first: of several that ended in one cgroup, that one was it.
    for (const watch of watches.toSorted((a, b) => residentBytes(b) - residentBytes(a))) {
      const { target, cgroup } = watch;
      const life = lives.known(watch);
      readLog(watch, life?.log, nowSeconds);
      const finding = findEnding({
        snapshot: watch.snapshot(0),
        killedIn: claimKill(ledger, counted(cgroup.own), counted(cgroup.outer), nowSeconds),
        node,
        heap: life?.heap,
        recentErrors: life?.recentErrors(nowSeconds) ?? {},
        loggedErrors: life?.log?.errors(nowSeconds, times.oomErrorSeconds).memoryErrors,
        remains: life?.remains?.find() ?? [],
        exit: readExitStatus(target.process),
      });
      tell(watch, finding, nowSeconds, life?.log?.errors(nowSeconds, times.logSeconds));
      lives.forget(watch);
    }
  }

  function tell(whose: Remembered, finding: EndingFinding, nowSeconds: number, log: LogErrors | undefined): void {
    const { target } = whose;
    const fields = { pid: target.process.pid, service: target.serviceName };
    if (finding.ending === 'oom_killed') {
      register.oomKilled(target);
      logger.warn(fields, 'a target was killed by the kernel for want of memory');
    } else {
      logger.info({ ...fields, ending: finding.ending }, 'a target has ended');
    }
    recorder.record(whose, finding, nowSeconds, log);
  }

  function counted(counter: OomKillCounter | undefined) {
    return counter && { key: counter.key, count: counter.readOomKills() };
  }

  function readLog({ target, vitals }: TargetWatch, log: LogWatch | undefined, nowSeconds: number): void {
    if (log !== undefined) countLogged(target, vitals, log.read(nowSeconds));
  }

  /** Memory errors that its log tells of; those of its heap only where the runtime itself does not count them. */
  function countLogged(target: Target, vitals: Vitals | undefined, counts: LogErrors['memoryErrors']): void {
    const isCounted = vitals?.heap?.outOfMemoryErrors !== undefined;
    const kinds = kindsOf(target.runtime).slice(isCounted ? 1 : 0);
    register.outOfMemory(target, Object.fromEntries(kinds.map((kind) => [kind, counts[kind] ?? 0])));
  }

  function observe(counter: OomKillCounter | undefined, oomKills: number | undefined, nowSeconds: number): void {
    if (counter !== undefined && oomKills !== undefined) ledger.observe(counter.key, oomKills, nowSeconds);
  }

  function observeNode(nowSeconds: number): void {
    if (Math.abs(nowSeconds - nodeAtSeconds) < times.roundSeconds) return;
    node = absentOnFailure(() => readMeminfo(procfsPath));
    nodeAtSeconds = nowSeconds;
  }

  return {
    living(watch, nowSeconds) {
      register.seen(watch.target, nowSeconds);
      const counts = riseOf(watch);
      register.outOfMemory(watch.target, counts);
      const life = lives.of(watch);
      life.remains?.look(nowSeconds);
      readLog(watch, life.log, nowSeconds);
      life.heap = heapUse(watch) ?? life.heap;
      evidence?.consider(watch);
      life.addErrors(counts, nowSeconds);
      const { own, outer } = watch.cgroup;
      observe(own, watch.vitals?.cgroup?.oomKills, nowSeconds);
      observe(outer, outer?.readOomKills(), nowSeconds);
      observeNode(nowSeconds);
    },
    left(watches, nowSeconds) {
      ended(
        watches.filter(({ target }) => hasEnded(target.process)),
        nowSeconds,
      );
      for (const watch of watches) lives.forget(watch);
    },
    ended,
    before(saved, historyOf, nowSeconds) {
      const untold = saved.filter(({ target, atSeconds }) => !recorder.has(target.pid, atSeconds));
      const ref = ({ pid, startTicks }: SavedLife['target']) => ({ pid, startTicks, procfsPath });
      try {
        const lost = untold.filter(({ target }) => hasEnded(ref(target)));
        for (const each of findLostLives(lost, { ledger, procfsPath, historyOf, nowSeconds })) {
          register.seen(each.target, nowSeconds);
          if (each.log) countLogged(each.target, each.snapshot(0).vitals, each.log.memoryErrors);
          tell(each, each.finding, nowSeconds, each.log);
        }
      } catch (error) {
        // What another version of ours has saved must not keep this one from watching.
        logger.error({ err: error }, 'telling of targets that ended while heapwatch was not running failed');
      }
    },
    lives: (watches) =>
      watches.flatMap((watch) => {
        const { remains, log } = lives.known(watch) ?? {};
        return lifeToSave(watch, { remains, log, ledger }) ?? [];
      }),
    close: lives.close,
  };
}

/** A target is also left after an exec of something else, or when it became another user's: it lives on then. */
function hasEnded(process: ProcessRef): boolean {
  try {
    // Not its state alone: for seconds a large process that was killed has no memory and is no zombie yet.
    readProcessVitals(process);
    return false;
  } catch (error) {
    if (error instanceof ReadFailure) return error.kind === 'gone';
    throw error;
  }
}

function residentBytes({ vitals }: TargetWatch): number {
  return vitals?.process.residentBytes ?? 0;
}
