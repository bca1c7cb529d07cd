const HOUR = 3600;

/** The numbers of the alerts that are not already in a verdict; durations in seconds, ratios as shares of 1. */
export const alertThresholds = {
  /** With less left somebody must get up; with more, a ticket is soon enough. */
  soonSeconds: 2 * HOUR,
  /** Fewer floors than this in an hour are steps and no line: of heaps that are rarely looked through. */
  predictedFloors: 4,
  gcThrashing: {
    windowSeconds: HOUR / 4,
    /** A fifth of all time: collectors are tuned for a twentieth or less, the JVM gives up at 98 %. */
    pauseShare: 0.2,
  },
  census: {
    /** Censuses of large heaps come every ten minutes, on a small budget less often. */
    windowSeconds: 2 * HOUR,
  },
  budget: {
    windowSeconds: HOUR,
    /** 5 % for censuses and 3 % for readings as they are set, and as much again for scrapes, pages and verdicts. */
    cores: 0.16,
    /** The memory limit of the chart is 512 MiB. */
    residentBytes: 350 * 2 ** 20,
  },
} as const;
