/** Objects and bytes of one type at one moment. */
export interface TypeCount {
  /** Qualified name as the language's developers write it, e.g. `dict`, `collections.deque`, `shop.Order`. */
  readonly type: string;
  readonly count: number;
  /** Bytes allocated for the objects themselves, collector's header included; not for what they point to. NaN where `top` had to ask for counts. */
  readonly bytes: number;
  /** CPython: how many of them the cyclic collector tracks, which is what `gc.get_objects()` and objgraph see. */
  readonly trackedCount?: number;
  /** V8: how many of them, and bytes, are in the new generation, which is mostly garbage that no collection has seen yet. */
  readonly youngCount?: number;
  readonly youngBytes?: number;
}

/** How far a census can be trusted. */
export interface CensusQuality {
  /** Bytes of the heap that could not be read or understood, as a share of the heap's bytes: 0 is best. */
  readonly skippedRatio: number;
  /** Bytes of the heap that were looked at. */
  readonly scannedBytes: number;
  /** Share of a very large heap that was looked at, when that is less than all: counts are scaled up from it. */
  readonly sampledRatio?: number;
}

/** Objects and bytes per type at one moment. Counts include garbage that no collection has freed yet. */
export interface Census {
  /** Unix time at which the scan began. */
  readonly takenAtSeconds: number;
  readonly durationSeconds: number;
  readonly objects: number;
  readonly bytes: number;
  /** Descending by count, then by name. Complete up to the reader's bound; what exceeds it is summed in `(other)`. */
  readonly types: readonly TypeCount[];
  readonly quality: CensusQuality;
  /** Used bytes of the spaces that only a scan can measure, e.g. `large`; vitals carry them on until the next census. */
  readonly spaceUsedBytes: Readonly<Record<string, number>>;
  /** Committed bytes of the same spaces. */
  readonly spaceCommittedBytes: Readonly<Record<string, number>>;
}

/** How an attempt at a census ended: the label values of heapwatch_census_total. */
export type CensusResult = 'ok' | 'refused' | 'failed' | 'skipped_budget' | 'skipped_swap';

/** A shared flag (an Int32Array over a SharedArrayBuffer): element 0 becomes non-zero when the scan shall stop. */
export type AbortFlag = Int32Array;
