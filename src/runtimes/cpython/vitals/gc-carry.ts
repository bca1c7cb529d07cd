import type { GcVitals } from '../../../model/vitals.ts';

/**
 * Keeps counters from falling when an interpreter ends and takes its own with it: what was lost is carried on. That an
 * interpreter has ended shows only in its counters: the next one may lie at the same address.
 */
export function createGcCarry() {
  let last: readonly GcVitals[] = [];
  let carried: readonly GcVitals[] = [];

  return (current: readonly GcVitals[]): GcVitals[] => {
    carried = current.map((now, index) => add(carried[index] ?? zero(now), lost(last[index], now)));
    last = current;
    return current.map((now, index) => add(now, carried[index] ?? zero(now)));
  };
}

function lost(before: GcVitals | undefined, now: GcVitals): GcVitals {
  if (before === undefined) return zero(now);
  return combine(before, now, (a, b) => Math.max(0, a - b));
}

function add(a: GcVitals, b: GcVitals): GcVitals {
  return combine(a, b, (one, other) => one + other);
}

function zero(like: GcVitals): GcVitals {
  return combine(like, like, () => 0);
}

function combine(a: GcVitals, b: GcVitals, count: (a: number, b: number) => number): GcVitals {
  const both = (key: 'collectedObjects' | 'uncollectableObjects' | 'pauseSeconds') =>
    a[key] !== undefined && b[key] !== undefined && { [key]: count(a[key], b[key]) };
  return {
    gc: a.gc,
    full: a.full,
    collections: count(a.collections, b.collections),
    ...both('collectedObjects'),
    ...both('uncollectableObjects'),
    ...both('pauseSeconds'),
  };
}
