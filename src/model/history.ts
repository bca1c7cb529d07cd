import type { TypeCount } from './census.ts';
import type { ProcessRef } from './target.ts';

/** The few figures of one moment of a target that verdicts and charts look back on. What was not known is absent. */
export interface HistoryReading {
  /** Unix time. */
  readonly atSeconds: number;
  readonly heapUsedBytes?: number;
  /** The live floor, when it was new at this moment. */
  readonly heapLiveBytes?: number;
  readonly residentBytes: number;
  readonly workingSetBytes?: number;
  /** Cumulative. */
  readonly cpuSeconds: number;
  /** Full collections, cumulative. */
  readonly fullCollections?: number;
  readonly openFds?: number;
  readonly threads?: number;
}

/** The exported types of one census. */
export interface HistoryCensus {
  /** Unix time. */
  readonly atSeconds: number;
  readonly types: readonly TypeCount[];
}

/** The bounded window of readings and censuses kept for a target, both ascending by time, thinned with age. */
export interface TargetHistory {
  readonly readings: readonly HistoryReading[];
  readonly censuses: readonly HistoryCensus[];
}

/** Where histories are had: implemented by the monitor, read by the server. */
export interface HistorySource {
  /** Undefined when the process is not a target (any more). */
  history(process: Pick<ProcessRef, 'pid' | 'startTicks'>): TargetHistory | undefined;
}
