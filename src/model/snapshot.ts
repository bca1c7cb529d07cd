import type { Assessment } from './assessment.ts';
import type { Census, CensusResult, TypeCount } from './census.ts';
import type { Failure } from './failure.ts';
import type { Ending } from './incident.ts';
import type { Target } from './target.ts';
import type { LiveFloor, Vitals } from './vitals.ts';

/** Why a process that was seen is not watched: the label values of heapwatch_targets_skipped. */
export type SkipReason = 'denied' | 'excluded' | 'too_young' | 'over_bound' | 'opted_out';

/** All that is known of one target. */
export interface TargetSnapshot {
  readonly target: Target;
  /** True when the last vitals succeeded, the heap's included. */
  readonly up: boolean;
  /** Why `up` is false. */
  readonly failure?: Failure;
  readonly vitals?: Vitals;
  readonly liveFloor?: LiveFloor;
  /** As of the last vitals; its growth is looked at about once a minute. */
  readonly assessment?: Assessment;
  /** The last census that succeeded. */
  readonly census?: Census;
  /** Why the last attempt at a census did not succeed. */
  readonly censusFailure?: Failure;
  /** Those of the census's types that are exported, the rest summed under `(other)`. */
  readonly exportedTypes: readonly TypeCount[];
  readonly censusIntervalSeconds: number;
  readonly censusResults: Readonly<Record<CensusResult, number>>;
}

/** Deaths per service; they outlive the processes. */
export interface ServiceDeaths {
  readonly serviceName: string;
  readonly runtime: string;
  readonly oomKills: number;
  /** Ends of memory, and of processes that were ill, by how they ended. */
  readonly incidents?: Readonly<Partial<Record<Ending, number>>>;
  /** By kind, of runtimes that count them (JVM), and of those whose log is watched. */
  readonly outOfMemoryErrors?: Readonly<Record<string, number>>;
}

/** How often a process was asked for evidence before its end, or was not as it could have ended it. */
export interface EvidenceCounts {
  readonly taken: number;
  readonly refused: number;
  readonly failed: number;
}

/** What one part of our own work cost and how often it failed. */
export interface CollectorStats {
  readonly collector: string;
  /** Of the last run, when there was one. */
  readonly durationSeconds?: number;
  readonly errors: Readonly<Record<string, number>>;
}

/** How it stands with the file of --web.config.file. */
export interface WebConfigState {
  /** False when it has changed and cannot be used, so that the former one is still in use. */
  readonly isCurrent: boolean;
  /** Unix time at which what is in use was read. */
  readonly loadedAtSeconds: number;
}

/** Everything that exporters and server may show, frozen at one moment. */
export interface Snapshot {
  /** Unix time; 0 before the first round of discovery has ended. */
  readonly takenAtSeconds: number;
  /** Why the last discovery failed; `targets` are those of the last that succeeded, and nobody knows how many there are. */
  readonly discoveryFailure?: Failure;
  readonly targets: readonly TargetSnapshot[];
  /** As of the last discovery that succeeded. */
  readonly skipped: Readonly<Record<SkipReason, number>>;
  readonly deaths: readonly ServiceDeaths[];
  readonly collectors: readonly CollectorStats[];
  /** Where the user has opted in. */
  readonly evidence?: EvidenceCounts;
  /** Series of types that are not exported by name in this snapshot, to keep within --metrics.max-series. */
  readonly droppedSeries?: number;
  /** With a web configuration only. */
  readonly webConfig?: WebConfigState;
  /** MemTotal and MemAvailable of /proc/meminfo. */
  readonly node?: { readonly memoryBytes: number; readonly availableBytes: number };
}

/** Where the latest snapshot is had: implemented by the monitor, read by exporters and server. */
export interface SnapshotSource {
  latest(): Snapshot;
}
