import type { GcKind } from './gc-observer.ts';

/** The histogram of single events, which only a process itself sees. */
export const gcDurations = {
  name: 'heapwatch_gc_duration_seconds',
  help: 'Time for which V8 stopped the thread, by what for: minor and major collections, and single steps of major ones.',
  /** Minor collections take a millisecond or few; a major one of a large heap may take a second. */
  buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
};

/** Told of each event. */
export type GcRecorder = (kind: GcKind, seconds: number) => void;
