import { absentOnFailure } from '../../model/failure.ts';
import { type LogWatch, watchLog } from '../../recorder/log-watch.ts';
import { type FreshRemains, watchFreshRemains } from '../fresh-remains.ts';
import type { TargetWatch } from '../target-watch.ts';
import type { HeapUse } from './ending-finding.ts';

/** What is remembered of a living target, because nobody can tell it of a dead one. */
export interface Life {
  readonly remains: FreshRemains | undefined;
  readonly log: LogWatch | undefined;
  heap: HeapUse | undefined;
  /** Notes the memory errors of a reading. */
  addErrors(counts: Readonly<Record<string, number>>, nowSeconds: number): void;
  /** The memory errors of the last `errorSeconds`, by kind. */
  recentErrors(nowSeconds: number): Record<string, number>;
}

/** The lives of all targets. */
export interface Lives {
  /** Begins one when there is none yet. */
  of(watch: TargetWatch): Life;
  known(watch: TargetWatch): Life | undefined;
  forget(watch: TargetWatch): void;
  /** Forgets all. */
  close(): void;
}

export interface LivesOptions {
  /** How long memory errors, and what a JVM leaves behind, say something of its end. */
  readonly errorSeconds: number;
  readonly watchLogs: boolean;
}

export function createLives({ errorSeconds, watchLogs }: LivesOptions): Lives {
  const lives = new Map<TargetWatch, Life>();

  function begin({ target }: TargetWatch): Life {
    const { process, runtime } = target;
    const remains = runtime === 'jvm' ? absentOnFailure(() => watchFreshRemains(process, errorSeconds)) : undefined;
    const log = watchLogs ? watchLog(target) : undefined;
    return { remains, log, heap: undefined, ...createErrorMemory(errorSeconds) };
  }

  function forget(watch: TargetWatch): void {
    const life = lives.get(watch);
    life?.remains?.close();
    life?.log?.close();
    lives.delete(watch);
  }

  return {
    of(watch) {
      const life = lives.get(watch) ?? begin(watch);
      lives.set(watch, life);
      return life;
    },
    known: (watch) => lives.get(watch),
    forget,
    close() {
      for (const watch of lives.keys()) forget(watch);
    },
  };
}

function createErrorMemory(errorSeconds: number): Pick<Life, 'addErrors' | 'recentErrors'> {
  let errors: { readonly atSeconds: number; readonly counts: Readonly<Record<string, number>> }[] = [];
  const forgetOld = (nowSeconds: number) => {
    errors = errors.filter(({ atSeconds }) => atSeconds + errorSeconds >= nowSeconds);
  };
  return {
    addErrors(counts, nowSeconds) {
      forgetOld(nowSeconds);
      if (Object.values(counts).some((count) => count > 0)) errors.push({ atSeconds: nowSeconds, counts });
    },
    recentErrors(nowSeconds) {
      forgetOld(nowSeconds);
      const sums: Record<string, number> = {};
      for (const { counts } of errors) {
        for (const [kind, count] of Object.entries(counts)) sums[kind] = (sums[kind] ?? 0) + count;
      }
      return sums;
    },
  };
}
