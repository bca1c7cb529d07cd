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
