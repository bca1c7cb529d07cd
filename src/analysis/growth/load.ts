/** The CPU that a process uses besides collecting garbage: the only measure of its load that every process has. */
export interface Load {
  add(atSeconds: number, cpuSeconds: number, gcSeconds: number): void;
  /** Cores, as moving averages of LOAD_SECONDS; NaN before the second reading. */
  readonly averages: readonly number[];
  /** CPU seconds since the first reading. */
  readonly work: number;
  state(): LoadState;
}

export interface LoadState {
  readonly averages: readonly (number | null)[];
  readonly work: number;
  readonly last?: readonly [atSeconds: number, cpuSeconds: number, gcSeconds: number];
}

/** What is held for a load may follow a request, a session or a shift. */
export const LOAD_SECONDS: readonly number[] = [5 * 60, 25 * 60, 90 * 60];

/** `pace` divides the durations. */
export function createLoad(pace: number, saved?: LoadState): Load {
  const averages = LOAD_SECONDS.map((_, index) => saved?.averages[index] ?? Number.NaN);
  let work = saved?.work ?? 0;
  let last = saved?.last;
  let readings = 0;
  return {
    averages,
    get work() {
      return work;
    },
    add(atSeconds, cpuSeconds, gcSeconds) {
      const before = last;
      last = [atSeconds, cpuSeconds, gcSeconds];
      if (before === undefined) return;
      const seconds = atSeconds - before[0];
      const busy = Math.max(0, cpuSeconds - before[1] - Math.max(0, gcSeconds - before[2]));
      work += busy;
      readings++;
      for (const [index, constant] of LOAD_SECONDS.entries()) {
        const average = averages[index]!;
        // The first readings are all there is to go by: they count alike.
        const share = Math.max(1 - Math.exp((-seconds * pace) / constant), 1 / (readings + 1));
        averages[index] = Number.isNaN(average) ? busy / seconds : average + (busy / seconds - average) * share;
      }
    },
    state: () => ({
      averages: averages.map((average) => (Number.isNaN(average) ? null : average)),
      work,
      ...(last && { last }),
    }),
  };
}
