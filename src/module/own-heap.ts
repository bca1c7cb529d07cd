import { getHeapSpaceStatistics, getHeapStatistics } from 'node:v8';
import { ReadFailure } from '../model/failure.ts';
import type { ProcessRef } from '../model/target.ts';
import type { GcVitals, HeapVitals, LiveFloor } from '../model/vitals.ts';
import { runtimes } from '../runtimes/index.ts';
import type { Runtime } from '../runtimes/runtime.ts';
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

function readHeap(gc: GcObserver, live: LiveFloor | undefined): HeapVitals {
  const statistics = getHeapStatistics();
  const { arrayBuffers, external } = process.memoryUsage();
  return {
    usedBytes: statistics.used_heap_size,
    committedBytes: statistics.total_heap_size,
    limitBytes: statistics.heap_size_limit,
    spaceUsedBytes: Object.fromEntries(
      getHeapSpaceStatistics().map((space) => [space.space_name.replace(/_space$/, ''), space.space_used_size]),
    ),
    accountedBytes: statistics.total_heap_size + external,
    externalBytes: { array_buffer: arrayBuffers },
    gc: [gcVitals('minor', gc, false), gcVitals('major', gc, true)],
    ...(live && { live }),
  };
}

function gcVitals(kind: 'minor' | 'major', { totals }: GcObserver, full: boolean): GcVitals {
  const { events, seconds } = totals[kind];
  return { gc: kind, collections: events, pauseSeconds: seconds, full };
}

/** The heap in use after the last major collection, as V8 itself noted it down. */
interface FloorReader {
  read(): LiveFloor | undefined;
  close(): void;
}

/**
 * V8 keeps the size after its last mark-compact for its own heuristics, but tells it nobody. A few words read from
 * /proc/self/mem at each reading cost microseconds; `v8.GCProfiler` would gather statistics at every minor collection too,
 * within the pause. Undefined for a build whose layout we do not know: then the floor is estimated from the readings.
 */
function openFloor(process: ProcessRef): FloorReader | undefined {
  const v8 = runtimes.find(({ name }) => name === 'nodejs');
  let session = v8 && unlessFailed(() => v8.open(process));
  if (session === undefined) return undefined;
  const close = () => {
    session?.close();
    session = undefined;
  };
  let last: LiveFloor | undefined;
  return {
    read() {
      const opened = session;
      // A reading that met a collection is not worth another try: the last floor holds until the next.
      last = (opened && unlessFailed(() => opened.vitals().live)) ?? last;
      return last;
    },
    close,
  };
}

function unlessFailed<Value>(read: () => Value): Value | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof ReadFailure) return undefined;
    throw error;
  }
}
