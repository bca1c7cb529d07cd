import type { Assessment, Cause, Verdict } from './assessment.ts';
import type { TypeCount } from './census.ts';
import type { TargetHistory } from './history.ts';
import type { RuntimeName, Target } from './target.ts';
import type { Vitals } from './vitals.ts';

/**
 * How a target ended: the kernel killed it for want of memory, it ran into the limit of its own heap, it crashed, or it
 * just ended, of which an outsider cannot know why.
 */
export type Ending = 'oom_killed' | 'heap_limit' | 'crashed' | 'ended';

/** The limit on which a target died. */
export interface FatalLimit {
  readonly limit: 'cgroup' | 'node' | 'heap';
  /** Of a cgroup: its path. */
  readonly name?: string;
  readonly bytes?: number;
  /** What counted against it in the last reading. */
  readonly usedBytes?: number;
}

/** How a target ended and what says so. */
export interface EndingFinding {
  readonly ending: Ending;
  /** In words, what the ending was told from; the strongest first. */
  readonly proof: readonly string[];
  readonly fatalLimit?: FatalLimit;
}

/** What became of one type in the window before the end. */
export interface TypeGrowth {
  readonly type: string;
  readonly firstCount: number;
  readonly lastCount: number;
  readonly firstBytes: number;
  readonly lastBytes: number;
}

/** What a runtime has said of itself before the end, in a file of the folder `evidence`, where the user has opted in. */
export interface EvidenceFile {
  readonly kind: 'class_histogram';
  /** Its name without a folder. */
  readonly file: string;
  /** Unix time. */
  readonly takenAtSeconds: number;
}

/** What is kept of a target that died of memory, or was ill when it ended. */
export interface Incident extends EndingFinding {
  /** Sorts by time; also the name of its files. */
  readonly id: string;
  /** Unix time at which the end was noticed: within a round of readings after it. */
  readonly endedAtSeconds: number;
  readonly target: Omit<Target, 'process'> & { readonly pid: number };
  readonly assessment?: Assessment;
  /** The last that were read. */
  readonly vitals?: Vitals;
  /** The last census, of the exported types. */
  readonly types: readonly TypeCount[];
  readonly censusTakenAtSeconds?: number;
  /** From the first to the last census in the history, most bytes gained first. */
  readonly typeGrowth: readonly TypeGrowth[];
  readonly history: TargetHistory;
  /** What its log said in the minutes before, where that is watched; the lines are in a file beside the incident. */
  readonly log?: { readonly lines: number; readonly memoryErrors: Readonly<Record<string, number>> };
  readonly evidence?: EvidenceFile;
  /** What to do next, in words. */
  readonly advice: readonly string[];
}

/** An incident in short. */
export interface IncidentSummary {
  readonly id: string;
  readonly endedAtSeconds: number;
  readonly ending: Ending;
  readonly serviceName: string;
  readonly runtime: RuntimeName;
  readonly pid: number;
  readonly verdict?: Verdict;
  readonly cause?: Cause;
  /** Types that a leak or backlog was made of. */
  readonly suspects: readonly string[];
}

/** Where incidents are had: implemented by the recorder, read by the server. */
export interface IncidentSource {
  /** The newest first. */
  incidents(): readonly IncidentSummary[];
  /** The incident as JSON of the schema `incident`; undefined when there is none of this id (any more). */
  incident(id: string): object | undefined;
  /** The same as a page of HTML that stands for itself. */
  report(id: string): string | undefined;
}
