import { constants, type PerformanceEntry, PerformanceObserver } from 'node:perf_hooks';

/** What V8 stopped the thread for. Only `minor` and `major` are collections; the others are steps on the way. */
export type GcKind = 'minor' | 'major' | 'incremental' | 'weakcb';

/** All of one kind since the observer was started. */
export interface GcTotal {
  readonly events: number;
  readonly seconds: number;
}

/** Counts the garbage collections of this thread's isolate. */
export interface GcObserver {
  readonly totals: Readonly<Record<GcKind, GcTotal>>;
  /** Idempotent. */
  close(): void;
}

/** V8's GCType (v8-callbacks.h); Node.js has no name for 2, the minor mark-sweep of --minor-ms. */
const KINDS: ReadonlyMap<number, GcKind> = new Map([
  [constants.NODE_PERFORMANCE_GC_MINOR, 'minor'],
  [2, 'minor'],
  [constants.NODE_PERFORMANCE_GC_MAJOR, 'major'],
  [constants.NODE_PERFORMANCE_GC_INCREMENTAL, 'incremental'],
  [constants.NODE_PERFORMANCE_GC_WEAKCB, 'weakcb'],
]);

/** What Node.js makes of each; its types do not know `detail`. */
interface GcEntry extends PerformanceEntry {
  readonly detail: { readonly kind: number };
}

/**
 * Every event of a batch counts: all that happen in one turn of the event loop come together, and who reads only the first
 * of them (prom-client 15.1.3) loses most under load. `seen` is told of each.
 */
export function observeGc(seen: (kind: GcKind, seconds: number) => void): GcObserver {
  const nothing = { events: 0, seconds: 0 };
  const totals: Record<GcKind, GcTotal> = { minor: nothing, major: nothing, incremental: nothing, weakcb: nothing };
  const observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      const kind = KINDS.get((entry as GcEntry).detail.kind);
      if (kind === undefined) continue;
      const seconds = entry.duration / 1000;
      const { events, seconds: before } = totals[kind];
      totals[kind] = { events: events + 1, seconds: before + seconds };
      seen(kind, seconds);
    }
  });
  observer.observe({ type: 'gc' });
  return { totals, close: () => observer.disconnect() };
}
