import type { TypeCount } from './census.ts';
import type { HistoryReading } from './history.ts';

/** What an assessment says of a target, see docs/verdicts.md. */
export type Verdict = 'warming_up' | 'healthy' | 'leak' | 'backlog' | 'overflow';

/** Why: of leaks the first three, of overflows the last two. */
export type Cause = 'objects' | 'native' | 'uncollectable' | 'undersized' | 'burst';

/** Ceilings that end a process. */
export type LimitName = 'heap' | 'metaspace' | 'direct' | 'cgroup' | 'node';

/** Everything of one moment that verdicts depend on; filled from vitals and censuses, or from a line of a recording. */
export interface AssessmentSample extends HistoryReading {
  /** Tells one life of the target from the next, e.g. its pid. */
  readonly process: string;
  /** The runtime's own ceiling. */
  readonly heapLimitBytes?: number;
  /** Of the cgroup that is met first. */
  readonly cgroupLimitBytes?: number;
  readonly nodeBytes?: number;
  /** Anonymous memory that no heap accounts for, where the runtime tells; else it is estimated from the resident set. */
  readonly nativeBytes?: number;
  /** JVM: the memory of classes, with its limit where there is one. */
  readonly metaspaceBytes?: number;
  readonly metaspaceLimitBytes?: number;
  /** JVM: what direct buffers may take. What they take is not known. */
  readonly directLimitBytes?: number;
  /** Time in collections that stop the program, cumulative. */
  readonly gcPauseSeconds?: number;
  /** CPython: objects in `gc.garbage`. */
  readonly garbageObjects?: number;
  /** CPython: false after `gc.disable()`. */
  readonly gcEnabled?: boolean;
  /** A census that was new at this moment. */
  readonly types?: readonly TypeCount[];
  /** False when only the largest types are listed, so that a type's absence is not zero. */
  readonly typesComplete?: boolean;
}

/** One fact that the verdict rests on. */
export interface Evidence {
  /** A short name of what was looked at, e.g. `growth_duration`. */
  readonly signal: string;
  readonly observed: number;
  readonly threshold: number;
  readonly exceeded: boolean;
  /** For the engineer on call. */
  readonly words: string;
}

/** A type that a leak or a backlog is made of. */
export interface Suspect {
  readonly type: string;
  readonly objectsPerSecond: number;
  readonly bytesPerSecond: number;
}

/** One ceiling, how near it is, and when it will be reached. */
export interface LimitAssessment {
  readonly limit: LimitName;
  readonly bytes: number;
  /** Absent when not known. */
  readonly usedRatio?: number;
  /** Absent when nothing grows towards it. Of `direct` the most: what was taken before the growth is not known. */
  readonly etaSeconds?: number;
}

/** The answer to "what is it": computed from a history, with no I/O and no clock. */
export interface Assessment {
  readonly atSeconds: number;
  readonly verdict: Verdict;
  readonly cause?: Cause;
  /** When the verdict became what it is. */
  readonly sinceSeconds: number;
  /** At most five, the most suspicious first. */
  readonly suspects: readonly Suspect[];
  /** Types that grow steadily just now, whatever the verdict; the most suspicious first. */
  readonly growingTypes: readonly Suspect[];
  /** Of the live floor, or of native memory; what load explains is taken out. Absent when it does not grow. */
  readonly growth?: { readonly bytesPerSecond: number; readonly sinceSeconds: number };
  readonly limits: readonly LimitAssessment[];
  /** The limit that will be reached first, or that is nearest when nothing grows. */
  readonly bindingLimit?: LimitName;
  /** The least of the limits' times. */
  readonly oomEtaSeconds?: number;
  readonly evidence: readonly Evidence[];
}
