import { createAssessor } from '../analysis/assessor.ts';
import type { AssessorState } from '../analysis/assessor-state.ts';
import { estimateFloor } from '../analysis/floor.ts';
import { openProcessCgroup, type ProcessCgroup } from '../linux/cgroup.ts';
import { readProcessVitals } from '../linux/process-vitals.ts';
import type { Assessment } from '../model/assessment.ts';
import type { Census, TypeCount } from '../model/census.ts';
import { ReadFailure } from '../model/failure.ts';
import type { TargetHistory } from '../model/history.ts';
import type { TargetSnapshot } from '../model/snapshot.ts';
import type { ProcessRef, Target } from '../model/target.ts';
import type { LiveFloor, ProcessVitals, Vitals } from '../model/vitals.ts';
import type { Runtime } from '../runtimes/runtime.ts';
import { censusCountsGarbage, sampleOf } from './assessment-sample.ts';
import { type CensusRecord, createCensusRecord } from './census/census-record.ts';
import { type CollectionRhythm, createCollectionRhythm } from './census/collection-rhythm.ts';
import type { Clock } from './clock.ts';
import { createFailureReport, failureOf } from './failure-report.ts';
import { openHeapSession } from './heap-session.ts';
import { createFloorWindow } from './history/floor-window.ts';
import { createHistory, readingOf } from './history/history.ts';
import { createJvmFloor } from './jvm-floor.ts';
import type { Logger } from './logger.ts';
import type { Shortage } from './own-memory.ts';
import type { MonitorTimes } from './times.ts';
import type { TraceRecorder } from './trace-recorder.ts';

export interface WatchOptions {
  readonly times: MonitorTimes;
  readonly pace: number;
  /** How many types have series of their own. */
  readonly exportedTypes: number;
  /** MemTotal, where it is known. */
  readonly nodeBytes?: number | undefined;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Without one nothing is recorded. */
  readonly traces?: Pick<TraceRecorder, 'target'> | undefined;
  /** For a process that can be asked otherwise; from /proc when not given. */
  readonly readProcess?: (process: ProcessRef) => ProcessVitals;
}

/** What is known of a target from an earlier run of ours. */
export interface SavedTarget {
  readonly history?: TargetHistory | undefined;
  readonly verdict?: AssessorState | undefined;
}

export interface WatchResult {
  readonly ended: boolean;
  /** What failed just now; a heap that is not tried again yet has not failed again. */
  readonly error?: unknown;
}

/** All that the monitor knows of one target. */
export interface TargetWatch {
  readonly target: Target;
  /** Tells it from every other process and program of this boot: an exec is another one. */
  readonly key: string;
  /** True when the heap could be read the last time; a census has no chance before. */
  readonly isReadable: boolean;
  readonly vitals: Vitals | undefined;
  readonly liveFloor: LiveFloor | undefined;
  readonly assessment: Assessment | undefined;
  readonly cgroup: ProcessCgroup;
  readonly censuses: CensusRecord;
  readonly collections: CollectionRhythm;
  /** The same process and program, of which more is known now, or which has been moved. */
  identify(target: Target): void;
  addCensus(census: Census): void;
  history(): TargetHistory;
  /** Lets the older part of the history go when our own memory is short. */
  keepHistoryAs(shortage: Shortage): void;
  /** All that its verdict rests on, as plain JSON. */
  verdictState(): AssessorState;
  /** Reads the vitals; never throws. What cannot be read is a failure on the snapshot. */
  readVitals(): WatchResult;
  snapshot(censusIntervalSeconds: number): TargetSnapshot;
  /** Idempotent. */
  close(): void;
}

export function watchTarget(
  { target: found, key, saved }: { target: Target; key: string; saved: SavedTarget },
  runtime: Pick<Runtime, 'open'>,
  options: WatchOptions,
): TargetWatch {
  const { times, pace, exportedTypes, nodeBytes, clock, logger, readProcess = readProcessVitals } = options;
  let target = found;
  const { pid } = target.process;
  const session = openHeapSession(runtime, target.process, times);
  const cgroup = openProcessCgroup(target.process);
  const collections = createCollectionRhythm();
  const history = createHistory(pace);
  const floorWindow = createFloorWindow(times.floorSeconds);
  if (saved.history !== undefined) {
    history.restore(saved.history);
    for (const reading of saved.history.readings) floorWindow.add(reading);
  }
  const countsGarbage = censusCountsGarbage(target.runtime);
  const assessor = createAssessor({ pace, censusCountsGarbage: countsGarbage }, saved.verdict);
  const recording = options.traces?.target(target, key);
  const censuses = createCensusRecord(exportedTypes);
  const report = createFailureReport(logger, `reading the heap of process ${pid}`, {
    pid,
    service: target.serviceName,
    runtime: target.runtime,
    version: target.version,
  });
  const followJvm = target.runtime === 'jvm' ? createJvmFloor() : undefined;
  let vitals: Vitals | undefined;
  let liveFloor: LiveFloor | undefined;
  /** Of a census that was not assessed yet. */
  let newTypes: readonly TypeCount[] | undefined;
  /** Why the last reading is not complete. */
  let failure: unknown;

  function readVitals(): WatchResult {
    let isNew = true;
    try {
      const processVitals = readProcess(target.process);
      const cgroupVitals = cgroup.read();
      const reading = session.read(clock.elapsedSeconds(), censuses.last);
      vitals = {
        atSeconds: clock.nowSeconds(),
        process: processVitals,
        ...('heap' in reading && { heap: reading.heap }),
        ...(cgroupVitals && { cgroup: cgroupVitals }),
      };
      remember(vitals);
      failure = 'error' in reading ? reading.error : undefined;
      isNew = 'error' in reading && reading.triedNow;
    } catch (error) {
      if (error instanceof ReadFailure && error.kind === 'gone') return { ended: true };
      vitals = undefined;
      failure = error;
    }
    if (failure === undefined) report.worked();
    else report.failed(failure);
    return isNew ? { ended: false, error: failure } : { ended: false };
  }

  function remember(current: Vitals): void {
    const reading = readingOf(current);
    const { fullCollections } = reading;
    if (fullCollections !== undefined) collections.seen(fullCollections, clock.elapsedSeconds());
    const estimated = estimateFloor(floorWindow.add(reading), pace);
    const floor = current.heap?.live ?? estimated;
    const isNew = floor !== undefined && (floor.bytes !== liveFloor?.bytes || floor.atSeconds !== liveFloor.atSeconds);
    liveFloor = floor;
    const known = isNew ? { ...reading, heapLiveBytes: floor.bytes } : reading;
    history.addReading(known);
    const judged = current.heap && followJvm ? followJvm(reading, current.heap) : known;
    const sample = sampleOf(current, { process: key, reading: judged, nodeBytes, types: newTypes });
    recording?.add(sample, assessor.state);
    assessor.add(sample);
    newTypes = undefined;
  }

  return {
    get target() {
      return target;
    },
    identify(known) {
      target = known;
    },
    key,
    cgroup,
    censuses,
    collections,
    addCensus(census) {
      censuses.succeeded(census);
      history.addCensus({ atSeconds: census.takenAtSeconds, types: censuses.exportedTypes });
      newTypes = censuses.exportedTypes;
    },
    history: history.all,
    keepHistoryAs: history.keepAs,
    verdictState: assessor.state,
    get vitals() {
      return vitals;
    },
    get liveFloor() {
      return liveFloor;
    },
    get assessment() {
      return assessor.assessment();
    },
    get isReadable() {
      return session.isOpen;
    },
    readVitals,
    snapshot(censusIntervalSeconds) {
      const assessment = assessor.assessment();
      return {
        target,
        up: vitals?.heap !== undefined,
        ...(failure !== undefined && { failure: failureOf(failure) }),
        ...(vitals && { vitals }),
        ...(liveFloor && { liveFloor }),
        ...(assessment && { assessment }),
        ...(censuses.last && { census: censuses.last }),
        ...(censuses.failure && { censusFailure: censuses.failure }),
        exportedTypes: censuses.exportedTypes,
        censusIntervalSeconds,
        censusResults: censuses.results,
      };
    },
    close() {
      session.close();
      recording?.end();
    },
  };
}
