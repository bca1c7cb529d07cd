import { getHeapSpaceStatistics, getHeapStatistics } from 'node:v8';
import { absentOnFailure } from '../model/failure.ts';
import type { ProcessRef } from '../model/target.ts';
import type { GcVitals, HeapVitals, LiveFloor } from '../model/vitals.ts';
import type { Runtime } from '../runtimes/runtime.ts';
import { type MainFloor, openMainFloor } from '../runtimes/v8/vitals/main-floor.ts';
import type { GcObserver } from './gc-observer.ts';

export interface OwnHeapOptions {
  readonly gc: GcObserver;
  /** Whether the live floor may be read from our own memory: on the main thread of a process with a /proc. */
  readonly readsMemory: boolean;
}

/** This thread's isolate as V8 itself describes it, as a runtime that the monitor can open. */
export function createOwnHeap({ gc, readsMemory }: OwnHeapOptions): Pick<Runtime, 'open'> {
  return {
    open(process) {
      const floor = readsMemory ? openFloor(process) : undefined;
      return { vitals: () => readHeap(gc, floor?.read()), close: () => floor?.close() };
    },
  };
}

const SHARED = /^(?:read_only|shared)_/;

function readHeap(gc: GcObserver, live: LiveFloor | undefined): HeapVitals {
  const statistics = getHeapStatistics();
  const { arrayBuffers, external } = process.memoryUsage();
  return {
    usedBytes: statistics.used_heap_size,
    committedBytes: statistics.total_heap_size,
    limitBytes: statistics.heap_size_limit,
    spaceUsedBytes: readSpaces(),
    accountedBytes: statistics.total_heap_size + external,
    externalBytes: { array_buffer: arrayBuffers, other: Math.max(0, external - arrayBuffers) },
    gc: [gcVitals('minor', gc, false), gcVitals('major', gc, true)],
    ...(live && { live }),
  };
}

function readSpaces(): Record<string, number> {
  // Isolates share memory only where a flag says so; V8 lists the spaces for that all the same.
  const spaces = getHeapSpaceStatistics().filter(
    ({ space_name: name, space_size: size }) => size > 0 || !SHARED.test(name),
  );
  return Object.fromEntries(spaces.map((space) => [nameOfSpace(space.space_name), space.space_used_size]));
}

/** As the exporter names them from outside: `new_large_object_space` is `new_large`. */
function nameOfSpace(name: string): string {
  return name.replace(/(_object)?_space$/, '');
}

function gcVitals(kind: 'minor' | 'major', { totals }: GcObserver, full: boolean): GcVitals {
  const { events, seconds } = totals[kind];
  return { gc: kind, collections: events, pauseSeconds: seconds, full };
}

/**
 * V8 keeps the size after its last mark-compact for its own heuristics, but tells it nobody. A few words read from
 * /proc/self/mem at each reading cost microseconds; `v8.GCProfiler` would gather statistics at every minor collection too,
 * within the pause. Undefined for a build whose layout we do not know: then the floor is estimated from the readings.
 */
function openFloor(process: ProcessRef): MainFloor | undefined {
  const floor = absentOnFailure(() => openMainFloor(process));
  let last: LiveFloor | undefined;
  return (
    floor && {
      read() {
        // A reading that met a collection is not worth another try: the last floor holds until the next.
        last = absentOnFailure(floor.read) ?? last;
        return last;
      },
      close: floor.close,
    }
  );
}
