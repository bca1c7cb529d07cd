import type { SteadyRules } from './growth/steady-growth.ts';

const MINUTE = 60;
const HOUR = 3600;

/** The numbers of every judgement on growth and headroom; durations in seconds, ratios as shares of 1. */
export const thresholds = {
  growth: {
    /** Long enough for warm-ups to flatten and for caches to fill, short enough to be told the same night. */
    fitSeconds: 6 * HOUR,
    /** Growth that leaves more than a day of headroom can wait for the morning. */
    horizonSeconds: 24 * HOUR,
    /**
     * Each third of the fit must show half of the growth that matters: a step shows in one third only. And the last one
     * half of the whole fit's rate: a warm-up flattens.
     */
    leastShareOfRate: 0.5,
    /** A day's load brings the floor back to where it was the day before; a leak does not. */
    lookBackSeconds: 18 * HOUR,
    /** Two full collections leave no garbage in what still grew between them. 1.5, as `increase` extrapolates. */
    fullCollections: 1.5,
    /** CPython collects fully when a quarter more objects wait: growth beyond that without a collection is no garbage. */
    growthWithoutCollection: 1.25,
    /** Noise of the floor must not look like growth where little headroom is left. */
    leastHeadroomRatio: 0.1,
  },
  outOfMemorySoon: {
    fitSeconds: HOUR,
    /** Time to look, to restart in turn, to raise the limit. */
    horizonSeconds: 4 * HOUR,
    /** Most warm-ups are over by then. What dies sooner is told by its death. */
    leastAgeSeconds: 2 * HOUR,
    /** In the earlier half of the fit, so that a step in the later half is not taken for a slope. */
    leastShareOfRate: 0.5,
    /** Lower than for growth: with 2 % left a slow growth ends it too. */
    leastHeadroomRatio: 0.02,
  },
  littleHeadroom: {
    usedRatio: 0.9,
    /** The working set holds page cache in active use, which the kernel takes back: only what is anonymous kills. */
    anonymousRatio: 0.75,
    /** Of the processes on a full node, at most five are worth to be named. */
    nodeShare: 0.2,
  },
} as const;

/**
 * What growth must show before it counts as steady. Memory that is measured every minute is so alike from one minute to
 * the next that ordinary tests of significance find growth everywhere: these are high, and reckon with the likeness.
 */
export const steadyGrowth = {
  /** Counts of a type's objects: a leak adds to them like a clock, what lives and dies with requests trembles. */
  type: {
    significance: 20,
    points: 7,
    clearness: 10,
    /** Less is what a day's mix of requests does to any type. */
    relativeGain: 0.25,
    straightness: 0.8,
    straightnessAtWorst: 0.5,
    aboveEarlierPeak: 1.1,
    keptGain: 0.6,
    /** What gains less than half of what it gained on average since it was first seen is dying out. */
    ofAverage: 0.5,
    /** A busy service also answers slower, so what waits in it grows faster than its load. */
    loadPower: 1.5,
  },
  /** The live floor sums all types, most of which do not leak: everything about it is weaker. */
  floor: {
    significance: 8,
    points: 8,
    clearness: 6,
    relativeGain: 0.1,
    straightness: 0.75,
    straightnessAtWorst: 0.5,
    aboveEarlierPeak: 1.03,
    /** A leak at night stands on a floor that sinks with the load. */
    keptGain: 0.3,
    /** A warm-up before it says nothing: it is of other types. */
    ofAverage: 0,
    loadPower: 0,
  },
  /** Open descriptors and threads: their number is exact, and a service at work has as many as it needs. */
  handle: {
    significance: 15,
    points: 10,
    clearness: 10,
    relativeGain: 0.5,
    straightness: 0.8,
    straightnessAtWorst: 0.5,
    aboveEarlierPeak: 1.1,
    keptGain: 0.8,
    ofAverage: 0.5,
    loadPower: 1.5,
  },
  /** Memory outside the heap comes in the allocator's lumps, and fragments before it settles. */
  native: {
    significance: 8,
    points: 10,
    clearness: 8,
    relativeGain: 0.15,
    straightness: 0.75,
    straightnessAtWorst: 0.4,
    aboveEarlierPeak: 1.05,
    keptGain: 0.6,
    ofAverage: 0,
    loadPower: 0,
  },
} as const satisfies Record<string, SteadyRules>;

/** How long growth must have lasted: a share of the time that is left, within bounds. */
export interface Patience {
  readonly share: number;
  readonly leastSeconds: number;
  readonly mostSeconds: number;
}

/**
 * Quick when the end is near, patient when it is days away. A cache stays within its bound and a warm-up ends, so that what
 * they would take to the limit is always far away. That a leak leaves days is no reason to be silent for one: hence `most`.
 */
export const patience = {
  /** Longer than jobs and sessions last, by which types come and go. */
  types: { share: 0.25, leastSeconds: 5 * MINUTE, mostSeconds: 2 * HOUR },
  /** What grows since the process began may be a warm-up or a cache: six hours are longer than most take to bend. */
  typesFromBirth: { share: 0.25, leastSeconds: 12 * MINUTE, mostSeconds: 6 * HOUR },
  floor: { share: 0.25, leastSeconds: 5 * MINUTE, mostSeconds: 3 * HOUR },
  /** Without types nothing tells a cache from a leak but time. */
  floorFromBirth: { share: 0.35, leastSeconds: 12 * MINUTE, mostSeconds: 12 * HOUR },
  /** An allocator takes lumps for any burst, and fragments for hours. */
  native: { share: 0.3, leastSeconds: 30 * MINUTE, mostSeconds: 8 * HOUR },
  /** Classes come one by one, without the lumps of an allocator. */
  metaspace: { share: 0.25, leastSeconds: 15 * MINUTE, mostSeconds: 8 * HOUR },
  /** Code is loaded when it is first used: for hours after a start. */
  metaspaceFromBirth: { share: 0.35, leastSeconds: 30 * MINUTE, mostSeconds: 12 * HOUR },
  /** What they hold is not known, so there is no time that is left. */
  handles: { share: 0, leastSeconds: 3 * HOUR, mostSeconds: 3 * HOUR },
  /** A queue fills in minutes, and the step of load has said what it is. */
  backlog: { share: 0.1, leastSeconds: 5 * MINUTE, mostSeconds: 20 * MINUTE },
} as const satisfies Record<string, Patience>;

/** When growth is called a leak or a backlog, when memory is too small, and when either is over. */
export const verdicts = {
  /** Two assessments in a row must agree: one census can be wrong. */
  agreeing: 2,
  assessSeconds: MINUTE,
  /** A heap that its collector saw no need to look through for so long is not filling up. */
  warmUpSeconds: HOUR,
  /** Growth that began with the process or in its first quarter of an hour may be a warm-up or a cache. */
  birthSeconds: 15 * MINUTE,
  birthShare: 0.1,
  /** So does growth that had gained this much, as a share of what it gained since, before it is said to begin. */
  earlierGain: 0.3,
  /** A census that shows nothing which grows contradicts the floor. */
  doubt: 2,
  /** What was convicted in an earlier life of the process needs half the proof in the next. */
  known: 0.5,
  /** Clients that stay connected add up for half a day; descriptors that multiply sooner are nobody's. */
  handleSeconds: 12 * HOUR,
  /** Pools of threads have reached their bound by then. */
  threadSeconds: 6 * HOUR,
  handleRise: 10,
  handleRiseSeconds: 3 * HOUR,
  /** Of resident memory: native growth of less is the allocator's breath. */
  leastNativeShare: 0.05,
  /**
   * When more types than one leak is made of, and so many of all, grow at once, it is load or a warm-up; a culprit then
   * grows three times as much as the usual one.
   */
  crowd: 5,
  crowdShare: 0.35,
  standsOut: 3,
  /** Growth that stopped for three quarters of the time it took, and at least an hour, has levelled off. */
  quietShare: 0.75,
  leastQuietSeconds: HOUR,
  /** A restart frees what leaked; it takes as long to show again. */
  lives: 2,
} as const;

export const backlog = {
  /** Growth that begins with a step of load, up or, when a consumer died, down, is a queue. Half an hour of noise is less. */
  loadStep: 1.22,
  /** A step within what the load does anyway is none. */
  loadNoise: 4,
  /** Overload of so little that the queue takes longer to fill memory would have to be clearer. */
  clearStep: 1.5,
  fastSeconds: 8 * HOUR,
  clearFastSeconds: 24 * HOUR,
  stepSeconds: 15 * MINUTE,
  /** Down to a quarter of its height it has drained. */
  drained: 0.25,
} as const;

export const overflow = {
  /** Beyond it a heap is collected over and over; healthy services stay below four fifths. */
  floorRatio: 0.86,
  /** The kernel kills at 1, and what is resident does not shrink by itself. */
  residentRatio: 0.93,
  /** Collecting more than this while the floor is high is the cost of a heap that is too small. */
  gcShare: 0.025,
  gcFloorRatio: 0.68,
  gcSeconds: 15 * MINUTE,
  /** The heap may grow to its limit: with what is outside it there is more than the container may have. */
  claimedRatio: 0.98,
  claimedResidentRatio: 0.75,
  /** Before it what is outside the heap cannot be told from heap that is not used yet. */
  claimedSeconds: 30 * MINUTE,
  /** A burst is over sooner. */
  lastingSeconds: 30 * MINUTE,
  /** Bursts come back. */
  holdSeconds: 2 * HOUR,
} as const;
