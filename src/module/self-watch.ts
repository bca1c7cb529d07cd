import { totalmem } from 'node:os';
import type { CensusTaker } from '../census/census-taker.ts';
import type { Snapshot, SnapshotSource } from '../model/snapshot.ts';
import { createCensusQueue } from '../monitor/census/census-queue.ts';
import { systemClock } from '../monitor/clock.ts';
import { createCollector } from '../monitor/collector.ts';
import type { OwnTarget } from '../monitor/discovery/own-target.ts';
import type { Logger } from '../monitor/logger.ts';
import { watchTarget } from '../monitor/target-watch.ts';
import { pacedTimes } from '../monitor/times.ts';
import type { Runtime } from '../runtimes/runtime.ts';
import { readOwnProcess } from './own-process.ts';

export interface SelfWatchOptions {
  readonly self: OwnTarget;
  readonly heap: Pick<Runtime, 'open'>;
  /** Without one no censuses are taken. Nobody here closes it. */
  readonly censusTaker: CensusTaker | undefined;
  /** Share of one core that censuses may cost. */
  readonly censusBudget: number;
  /** How many types have series of their own. */
  readonly exportedTypes: number;
  readonly logger: Logger;
}

/** The monitor's work for the one target that we are ourselves. */
export interface SelfWatch extends SnapshotSource {
  /** Idempotent. */
  close(): void;
}

/** A reading costs less than a millisecond: whoever looks gets one of this second. */
const FRESH_SECONDS = 1;

/** A service that starts has better things to do: what we load and look up for the first time takes some 20 ms. */
const QUIET_START_SECONDS = 1;

/** Reads from a second on, every few seconds and when someone looks; takes censuses as the budget allows. */
export function watchSelf(options: SelfWatchOptions): SelfWatch {
  const { self, heap, censusTaker, logger } = options;
  const clock = systemClock;
  const times = pacedTimes(1);
  const { target, hasProcfs } = self;
  const vitals = createCollector('vitals');
  const census = createCollector('census');
  const readProcess = hasProcfs ? {} : { readProcess: readOwnProcess };
  const watch = watchTarget({ target, key: 'self', saved: {} }, heap, {
    ...options,
    ...readProcess,
    nodeBytes: totalmem(),
    times,
    clock,
    pace: 1,
  });
  const queue =
    censusTaker &&
    createCensusQueue({
      ...{ censusTaker, times, clock, logger, pace: 1, collector: census, changed: forget },
      censusBudget: options.censusBudget,
      procfsPath: target.process.procfsPath,
    });
  queue?.add(watch);
  let snapshot: Snapshot | undefined;
  const startedAtSeconds = clock.elapsedSeconds();
  let readAtSeconds = Number.NEGATIVE_INFINITY;
  let closed = false;
  let cancelRound = clock.after(QUIET_START_SECONDS, round);

  function forget(): void {
    snapshot = undefined;
  }

  function round(): void {
    cancelRound();
    readAtSeconds = clock.elapsedSeconds();
    const { error } = watch.readVitals();
    if (error !== undefined) vitals.failed(error);
    vitals.ran(clock.elapsedSeconds() - readAtSeconds);
    forget();
    const isStarting = readAtSeconds - startedAtSeconds < QUIET_START_SECONDS;
    if (!isStarting) startCensus();
    cancelRound = clock.after(isStarting ? QUIET_START_SECONDS : times.roundSeconds, round);
  }

  function startCensus(): void {
    try {
      queue?.startNext();
    } catch (error) {
      // Failures are turned into data: this is a bug of ours, and no reason to end the service.
      logger.error({ err: error }, `heapwatch itself failed, please report this: ${(error as Error).message}`);
    }
  }

  function takeSnapshot(): Snapshot {
    return {
      takenAtSeconds: clock.nowSeconds(),
      targets: [watch.snapshot(queue?.intervalSeconds(watch) ?? 0)],
      skipped: { denied: 0, excluded: 0, too_young: 0, over_bound: 0, opted_out: 0 },
      deaths: [],
      collectors: (queue === undefined ? [vitals] : [vitals, census]).map((part) => part.stats()),
    };
  }

  return {
    latest() {
      if (!closed && clock.elapsedSeconds() - readAtSeconds >= FRESH_SECONDS) round();
      snapshot ??= takeSnapshot();
      return snapshot;
    },
    close() {
      closed = true;
      cancelRound();
      queue?.close();
      watch.close();
    },
  };
}
