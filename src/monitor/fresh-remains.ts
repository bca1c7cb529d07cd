import type { ProcessRef } from '../model/target.ts';
import { type Remains, type RemainsWatch, watchRemains } from '../runtimes/hotspot/remains.ts';

/** Looks for what a JVM has left just now: a heap dump that it has survived for long says nothing of its end. */
export interface FreshRemains extends Pick<RemainsWatch, 'place'> {
  /** To be called in every round; looks once in `freshSeconds`. */
  look(nowSeconds: number): void;
  /** What was not there yet at the last look but one. */
  find(): readonly Remains[];
  /** Idempotent. */
  close(): void;
}

/** Throws `gone` or `denied`. */
export function watchFreshRemains(process: ProcessRef, freshSeconds: number): FreshRemains {
  const watch = watchRemains(process);
  const namesNow = () => new Set(watch.find().map(({ name }) => name));
  let known = new Set<string>();
  let newer = new Set<string>();
  let lookedAtSeconds = Number.NEGATIVE_INFINITY;
  return {
    look(nowSeconds) {
      if (Math.abs(nowSeconds - lookedAtSeconds) < freshSeconds) return;
      lookedAtSeconds = nowSeconds;
      known = newer;
      newer = namesNow();
    },
    find: () => watch.find().filter(({ name }) => !known.has(name)),
    place: watch.place,
    close: watch.close,
  };
}
