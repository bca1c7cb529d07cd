import { createSeriesBound } from '../analysis/types/series-bound.ts';
import type { CensusTaker } from '../census/census-taker.ts';
import { readMeminfo } from '../linux/meminfo.ts';
import { absentOnFailure, type Failure } from '../model/failure.ts';
import type { HistorySource } from '../model/history.ts';
import type { ProcessPatterns } from '../model/process-pattern.ts';
import type { CollectorStats, Snapshot } from '../model/snapshot.ts';
import type { EvidenceStore } from '../recorder/evidence-store.ts';
import type { IncidentStore } from '../recorder/incident-store.ts';
import type { Runtime } from '../runtimes/runtime.ts';
import { createCensusQueue } from './census/census-queue.ts';
import type { Clock } from './clock.ts';
import { createCollector } from './collector.ts';
import { createDiscovery, type DiscoveryRound } from './discovery/discovery.ts';
import { createKubernetesNames, type KubernetesOptions } from './discovery/kubernetes-names.ts';
import { createEndings } from './endings/endings.ts';
import { createEvidenceTaker } from './endings/evidence-taker.ts';
import { createIncidentRecorder } from './endings/incident-recorder.ts';
import { createDeathRegister } from './endings/service-deaths.ts';
import { createFailureReport, failureOf } from './failure-report.ts';
import type { Logger } from './logger.ts';
import { createOwnMemory, type Shortage } from './own-memory.ts';
import { createPause } from './pause.ts';
import { createStateKeeper, type KeptState } from './state-keeper.ts';
import type { TargetWatch } from './target-watch.ts';
import { pacedTimes } from './times.ts';
import { createTraceRecorder } from './trace-recorder.ts';
import { createWatchList } from './watch-list.ts';

/** What the monitor does again and again. */
export interface Rounds extends HistorySource {
  /**
   * Looks for processes, then reads the vitals of all targets. What fails becomes a number, never the end of the rounds:
   * it does not reject. Answers with the seconds that a round like this one costs again.
   */
  run(): Promise<number>;
  /** Starts a census when one is due and none is running. */
  startCensus(): void;
  snapshot(): Snapshot;
  /** Waits until the state is saved, where it is. */
  close(): Promise<void>;
}

export interface RoundsOptions extends ProcessPatterns {
  /** Where procfs is mounted, usually `/proc`. */
  readonly procfsPath: string;
  readonly runtimes: readonly Runtime[];
  /** Without one no censuses are taken. Nobody here closes it. */
  readonly censusTaker?: CensusTaker;
  /** Share of one core that all censuses together may cost, 0.05 when not given. */
  readonly censusBudget?: number;
  /** A folder for the state that survives a restart of ours; without one there is none. */
  readonly storagePath?: string;
  /** A folder for recordings of what verdicts depend on; without one there are none. */
  readonly recordPath?: string;
  /** Reads what targets log, for their incidents. */
  readonly watchLogs?: boolean;
  /** Where incidents are kept; without one they are counted only. Nobody here closes it. */
  readonly incidentStore?: IncidentStore;
  /** JVMs whose end is near are asked for a class histogram, which is kept here; without one nobody is asked. */
  readonly evidenceStore?: EvidenceStore;
  /** Divides every duration. */
  readonly pace: number;
  /** Younger processes are not watched yet. */
  readonly minAgeSeconds: number;
  readonly maxTargets: number;
  /** Where the names of pods are known from, besides the processes themselves. */
  readonly kubernetes?: Omit<KubernetesOptions, 'procfsPath'>;
  /** How many types of a target have series of their own. */
  readonly exportedTypes: number;
  /** Types of all targets are left out evenly to keep within so many series; without it there is no bound. */
  readonly maxSeries?: number;
  /** What works beside the monitor and is told of in its snapshots. */
  readonly otherParts?: readonly { stats(): CollectorStats }[];
  readonly logger: Logger;
  readonly clock: Clock;
  /** Called when there is news between two rounds. */
  readonly changed: () => void;
}

export function createRounds(options: RoundsOptions): Rounds {
  const { procfsPath, runtimes, censusTaker, minAgeSeconds, pace, logger, clock, storagePath, recordPath } = options;
  const times = pacedTimes(pace);
  const collectors = {
    discovery: createCollector('discovery'),
    vitals: createCollector('vitals'),
    census: createCollector('census'),
  };
  const kubernetesNames = createKubernetesNames({ ...options.kubernetes, procfsPath });
  const discovery = createDiscovery({ ...options, ...times, minAgeSeconds: minAgeSeconds / pace, kubernetesNames });
  const discoveryReport = createFailureReport(logger, 'looking for processes', { procfsPath });
  const keeper = storagePath === undefined ? undefined : createStateKeeper({ ...options, storagePath, times });
  const savedTarget = (key: string) => keeper?.target(key) ?? {};
  const nodeBytes = absentOnFailure(() => readMeminfo(procfsPath))?.memoryBytes;
  const traces = recordPath === undefined ? undefined : createTraceRecorder({ ...options, recordPath, times });
  const watches = createWatchList(runtimes, { ...options, times, nodeBytes, savedTarget, traces });
  const register = createDeathRegister(times.deathsSeconds);
  const { evidenceStore: store } = options;
  const evidence = store && createEvidenceTaker({ ...options, store, times });
  const incidents = createIncidentRecorder({ ...options, register, evidence });
  const endings = createEndings({ ...options, register, evidence, recorder: incidents, times });
  const ownMemory = createOwnMemory(procfsPath, logger);
  const queue =
    censusTaker && createCensusQueue({ ...options, censusTaker, times, collector: collectors.census, ownMemory });
  const parts = [
    collectors.discovery,
    collectors.vitals,
    ownMemory,
    ...(queue === undefined ? [] : [collectors.census]),
    ...(keeper === undefined ? [] : [keeper]),
    ...(options.incidentStore === undefined ? [] : [incidents]),
    ...(traces === undefined ? [] : [traces]),
    ...(options.otherParts ?? []),
  ];
  const boundSeries = createSeriesBound(options.maxSeries ?? Number.POSITIVE_INFINITY);
  let skipped: DiscoveryRound['skipped'] = { denied: 0, excluded: 0, too_young: 0, over_bound: 0, opted_out: 0 };
  let discoveryFailure: Failure | undefined;
  let shortage: Shortage = 'none';
  let first = true;
  let closed = false;

  async function discover(pause: () => Promise<void>): Promise<void> {
    try {
      const found = await discovery.round(pause);
      if (closed) return;
      skipped = found.skipped;
      for (const { pid, failure } of found.failures) {
        collectors.discovery.failed(failure);
        createFailureReport(logger, `looking at process ${pid}`, { pid }).failed(failure);
      }
      const { added, removed } = watches.follow(found.targets);
      for (const watch of removed) queue?.remove(watch);
      for (const watch of added) {
        watch.keepHistoryAs(shortage);
        queue?.add(watch);
      }
      endings.left(removed, clock.nowSeconds());
      discoveryFailure = undefined;
      discoveryReport.worked();
    } catch (error) {
      discoveryFailure = failureOf(error);
      collectors.discovery.failed(error);
      discoveryReport.failed(error);
    }
  }

  /** Answers with the seconds spent on opening targets, which is done once for each. */
  async function readAllVitals(pause: () => Promise<void>): Promise<number> {
    const gone: TargetWatch[] = [];
    let openingSeconds = 0;
    for (const watch of watches.all()) {
      if (closed) return 0;
      const opening = !watch.isReadable;
      const beganAt = clock.elapsedSeconds();
      if (!readVitals(watch)) gone.push(watch);
      if (opening) openingSeconds += clock.elapsedSeconds() - beganAt;
      await pause();
    }
    for (const watch of gone) {
      watches.remove(watch);
      queue?.remove(watch);
    }
    endings.ended(gone, clock.nowSeconds());
    return openingSeconds;
  }

  /** False when the target has ended. */
  function readVitals(watch: TargetWatch): boolean {
    const { ended, error } = watch.readVitals();
    if (error !== undefined) collectors.vitals.failed(error);
    if (!ended) endings.living(watch, clock.nowSeconds());
    return !ended;
  }

  async function timed(work: () => Promise<unknown>, ran: (seconds: number) => void): Promise<number> {
    const beganAt = clock.elapsedSeconds();
    await work();
    const seconds = clock.elapsedSeconds() - beganAt;
    ran(seconds);
    return seconds;
  }

  function spareMemory(): void {
    const before = shortage;
    shortage = ownMemory.look();
    if (shortage === before) return;
    for (const watch of watches.all()) watch.keepHistoryAs(shortage);
    if (shortage === 'critical') censusTaker?.rest();
  }

  function keptState(): KeptState {
    const targets = watches.all();
    return { targets, lives: () => endings.lives(targets), deaths: register.saved(clock.nowSeconds()) };
  }

  return {
    async run() {
      if (first && keeper !== undefined) register.restore(keeper.loadDeaths());
      if (first) incidents.load();
      if (first && keeper !== undefined) endings.before(keeper.loadLives(), keeper.history, clock.nowSeconds());
      const pause = createPause(clock);
      const discoverySeconds = await timed(() => discover(pause), collectors.discovery.ran);
      spareMemory();
      let openingSeconds = 0;
      const vitalsSeconds = await timed(async () => {
        openingSeconds = await readAllVitals(pause);
      }, collectors.vitals.ran);
      // The first round looks at every process of the machine, later ones only at those that are new.
      const repeated = vitalsSeconds - openingSeconds + (first ? 0 : discoverySeconds);
      first = false;
      if (!closed) keeper?.keep(keptState());
      if (!closed) traces?.write();
      return repeated;
    },
    startCensus: () => queue?.startNext(),
    snapshot() {
      const nowSeconds = clock.nowSeconds();
      const node = absentOnFailure(() => readMeminfo(procfsPath));
      const deaths = register.list(nowSeconds);
      const targets = watches
        .all()
        .map((watch) => watch.snapshot(queue?.intervalSeconds(watch) ?? 0))
        // Found a moment ago and not read yet: neither up nor down.
        .filter(({ vitals, failure }) => vitals !== undefined || failure !== undefined);
      return {
        takenAtSeconds: nowSeconds,
        ...(discoveryFailure && { discoveryFailure }),
        ...boundSeries(targets, deaths.length),
        skipped,
        deaths,
        collectors: parts.map((part) => part.stats()),
        ...(evidence && { evidence: evidence.counts() }),
        ...(node && { node }),
      };
    },
    history: ({ pid, startTicks }) => watches.find(pid, startTicks)?.history(),
    async close() {
      if (closed) return;
      closed = true;
      queue?.close();
      for (const watch of watches.all()) watch.close();
      await evidence?.close();
      await incidents.close();
      // Before the first round has ended, what is there is better than what we know.
      if (!first) await keeper?.close(keptState());
      endings.close();
      await traces?.close();
    },
  };
}
