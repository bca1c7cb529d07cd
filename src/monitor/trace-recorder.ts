import type { AssessmentSample } from '../model/assessment.ts';
import type { Target } from '../model/target.ts';
import { openRecordings, type Recording } from '../recorder/recordings.ts';
import { formatTraceHeader, formatTraceSample } from '../recorder/trace-text.ts';
import { censusCountsGarbage } from './assessment-sample.ts';
import type { Clock } from './clock.ts';
import { type Collector, createCollector } from './collector.ts';
import { createFailureReport } from './failure-report.ts';
import type { Logger } from './logger.ts';
import type { MonitorTimes } from './times.ts';

/** Records what verdicts depend on, so that they can be had again. Never throws: what fails is told and counted. */
export interface TraceRecorder extends Pick<Collector, 'stats'> {
  /** `key` tells the process from every other. */
  target(target: Target, key: string): TargetRecorder;
  /** To be called in every round: writes when it is time. */
  write(): void;
  /** Waits for what is being written, and writes the rest. */
  close(): Promise<void>;
}

export interface TargetRecorder {
  /** `assessor` answers what the verdict rests on before this sample, as plain JSON. */
  add(sample: AssessmentSample, assessor: () => unknown): void;
  end(): void;
}

export interface TraceRecorderOptions {
  /** A folder for the recordings. */
  readonly recordPath: string;
  /** How many types have series of their own. */
  readonly exportedTypes: number;
  readonly pace: number;
  readonly times: MonitorTimes;
  readonly clock: Clock;
  readonly logger: Logger;
}

export function createTraceRecorder(options: TraceRecorderOptions): TraceRecorder {
  const { recordPath, exportedTypes, pace, times, clock, logger } = options;
  const recordings = openRecordings(recordPath);
  const collector = createCollector('recording');
  const report = createFailureReport(logger, 'recording samples', { recordPath });
  let writeAtSeconds = 0;
  let isBounded = false;
  let writing: Promise<void> | undefined;

  async function writeAll(): Promise<void> {
    const beganAt = clock.elapsedSeconds();
    writeAtSeconds = beganAt + times.recordSeconds;
    try {
      if ((await recordings.write()) > 0) report.worked();
    } catch (error) {
      collector.failed(error);
      report.failed(error);
    }
    collector.ran(clock.elapsedSeconds() - beganAt);
  }

  function begin(name: string): Recording | undefined {
    const recording = recordings.begin(name, new Date(clock.nowSeconds() * 1000));
    if (recording === undefined && !isBounded) {
      isBounded = true;
      logger.warn({ recordPath }, 'recording samples: not of all processes, as there are too many at a time');
    }
    return recording;
  }

  function recordTarget(target: Target, key: string): TargetRecorder {
    const { pid } = target.process;
    const description = {
      id: `${target.serviceName} ${pid}`,
      runtime: target.runtime,
      process: key,
      intervalSeconds: times.roundSeconds,
      censusIntervalSeconds: times.censusSeconds,
      censusCountsGarbage: censusCountsGarbage(target.runtime),
      mostTypes: exportedTypes,
      pace,
    };
    let recording: Recording | undefined;
    let floorBytes: number | undefined;
    return {
      add(sample, assessor) {
        floorBytes = sample.heapLiveBytes ?? floorBytes;
        if (recording === undefined || recording.isOver) {
          recording = begin(`${target.serviceName}-${pid}`);
          recording?.add(formatTraceHeader(description, assessor()));
        }
        recording?.add(formatTraceSample(sample, pid, floorBytes));
      },
      end: () => recording?.end(),
    };
  }

  return {
    stats: collector.stats,
    target: recordTarget,
    write() {
      if (writing !== undefined || clock.elapsedSeconds() < writeAtSeconds) return;
      writing = writeAll().finally(() => {
        writing = undefined;
      });
    },
    async close() {
      await writing;
      await writeAll();
    },
  };
}
