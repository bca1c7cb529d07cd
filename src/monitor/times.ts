/** Durations of the monitor in seconds; `pacedTimes` divides them for tests that run hours in minutes. */
const TIMES = {
  /** Between two readings of vitals, and between two looks for new processes. */
  roundSeconds: 5,
  /** Between two censuses of one target, as far as the budget allows. */
  censusSeconds: 30,
  /** A target that reaches a limit this soon is counted once more at once, while it can be. */
  criticalSeconds: 2 * 3600,
  /** What a busy machine may stretch the above to. */
  longestRoundSeconds: 60,
  /** Back-off after a failure to open a target, or to take a census: doubled each time, up to this. */
  longestBackOffSeconds: 600,
  /** What is looked back on for the live floor: a little more than it needs. */
  floorSeconds: 20 * 60,
  /** Between two saves of the state: what an end without warning may lose. */
  saveSeconds: 60,
  /** Between two writes of recorded samples: what an end without warning may lose. */
  recordSeconds: 30,
  /** Histories of an earlier run wait this long for their process to be found again. */
  unclaimedSeconds: 600,
  /** A process killed for memory may need this long to give it back and to vanish. */
  oomClaimSeconds: 30,
  /** An OutOfMemoryError this long before the end has to do with it. */
  oomErrorSeconds: 60,
  /** What a target logged of failures this long before its end is kept. */
  logSeconds: 600,
  /** Deaths of a service are shown this long after its last target. */
  deathsSeconds: 3600,
};

export type MonitorTimes = Readonly<typeof TIMES>;

export function pacedTimes(pace: number): MonitorTimes {
  const paced = Object.entries(TIMES).map(([name, seconds]) => [name, seconds / pace]);
  return Object.fromEntries(paced) as MonitorTimes;
}

/** Not paced: a census takes the time it takes. Half a second is usual for a million objects in a busy machine. */
export const CENSUS_DEADLINE_MS = 30_000;

/** Shares of one core that reading may cost. Paced tests do an hour's work in a minute: it costs them more. */
export const BUDGET = {
  vitals: 0.03,
  censusPerTarget: 0.01,
  /** Unless the option `censusBudget` says otherwise. */
  censusInAll: 0.05,
  /** Seconds of scanning that may be saved up, so that the first censuses need not wait. */
  censusBurstSeconds: 5,
};
