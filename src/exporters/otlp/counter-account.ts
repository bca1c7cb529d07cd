/** When a counter's counting began: at that Unix time, or nobody knows. */
export type CountingSince = number | undefined;

/** One point of a counter, from its start until now. */
export interface CounterPoint {
  readonly startSeconds: number;
  readonly value: number;
}

/** The counters of one export of one resource. */
export interface CounterExport {
  /** Undefined when there is nothing to tell yet: a difference needs an earlier value. */
  point(key: string, value: number, since: CountingSince): CounterPoint | undefined;
  /** The receiver has them: the next differences begin here. Without it the next export covers this one's time too. */
  commit(): void;
}

interface Account {
  readonly startSeconds: number;
  readonly value: number;
  readonly atSeconds: number;
}

/**
 * Keeps account of a resource's counters between exports, for start times and differences. What is not exported any more is
 * forgotten.
 *
 * - A whole begins when its counting began; where that is not known, when it was seen first.
 * - A difference begins with the last export. The first one is the whole only when the counting began under our eyes, after
 *   `watchingSinceSeconds`: else each of our restarts would tell it again.
 * - A value that has become less was counted anew since the last export.
 */
export function createCounterAccount(
  isDelta: boolean,
  watchingSinceSeconds: number,
): { export(nowSeconds: number): CounterExport } {
  let accounts: ReadonlyMap<string, Account> = new Map();
  return {
    export(nowSeconds) {
      const next = new Map<string, Account>();
      return {
        point(key, value, since) {
          const before = accounts.get(key);
          const isAnew = before !== undefined && value < before.value;
          const knownSince = since === undefined ? undefined : Math.min(since, nowSeconds);
          const startSeconds = isAnew ? before.atSeconds : (before?.startSeconds ?? knownSince ?? nowSeconds);
          next.set(key, { startSeconds, value, atSeconds: nowSeconds });
          if (!isDelta) return { startSeconds, value };
          if (before !== undefined) {
            return { startSeconds: before.atSeconds, value: isAnew ? value : value - before.value };
          }
          const isWhole = knownSince !== undefined && knownSince >= watchingSinceSeconds;
          return isWhole ? { startSeconds, value } : undefined;
        },
        commit() {
          accounts = next;
        },
      };
    },
  };
}
