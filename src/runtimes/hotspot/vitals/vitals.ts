import type { ProcessRef } from '../../../model/target.ts';
import type { GcVitals, HeapVitals } from '../../../model/vitals.ts';
import type { Session } from '../../runtime.ts';
import { attach } from '../attach.ts';
import type { PerfData } from '../perf-data/perf-data-source.ts';
import { findCeilings } from './ceilings.ts';
import { readCollectors } from './collectors.ts';
import { type CurrentUse, findCurrentUse } from './current-use.ts';
import { heapSizeOf } from './heap-size.ts';
import { readHeapSpaces } from './heap-spaces.ts';
import { createLiveFloor, isCollecting } from './live-floor.ts';
import { findOutOfMemoryErrors } from './out-of-memory-errors.ts';

/** Opens a JVM for vitals. Throws `ReadFailure`. */
export function openSession(process: ProcessRef): Session {
  const jvm = attach(process);
  const { memory, data, own } = jvm;
  try {
    const readCurrentUse = own && findCurrentUse(memory, own.structs, own.flags);
    const readOutOfMemoryErrors = findOutOfMemoryErrors(memory, jvm.mappings, jvm.libjvm.path);
    const ceilingsOf = findCeilings(own?.flags, data);
    const followLiveFloor = createLiveFloor();
    // From now on a collection is seen to come.
    followLiveFloor(data, readHeapSpaces(data), readCollectors(data));
    return {
      vitals(): HeapVitals {
        data.read();
        const spaces = readHeapSpaces(data);
        const collectors = readCollectors(data);
        const live = followLiveFloor(data, spaces, collectors);
        const current = readCurrentUse?.() ?? {};
        // Last: the file outlives the process, and whoever's memory can be read is alive.
        const outOfMemoryErrors = readOutOfMemoryErrors();
        if (outOfMemoryErrors === undefined) jvm.checkAlive();
        return {
          ...heapSizeOf(data, spaces, current),
          ...ceilingsOf(spaces),
          externalBytes: readExternal(data),
          gc: [...collectors.map(({ lastEndSeconds: _, ...one }) => one), ...readCycles(collectors, current)],
          collecting: isCollecting(data),
          ...(live && { live }),
          ...(outOfMemoryErrors && { outOfMemoryErrors }),
        };
      },
      close: jvm.close,
    };
  } catch (error) {
    jvm.close();
    throw error;
  }
}

/** Shenandoah, and ZGC up to JDK 11, have no counter among the performance data that is of collections. */
function readCycles(collectors: readonly GcVitals[], { collections }: CurrentUse): GcVitals[] {
  const cycles = collectors.length > 0 ? undefined : collections?.();
  return cycles === undefined ? [] : [{ gc: 'concurrent', collections: cycles, full: false }];
}

/** As of the last collection; 0 before the first, which says that it is not known. */
function readExternal(data: PerfData): Record<string, number> {
  const metaspace = data.number('sun.gc.metaspace.used');
  return metaspace ? { metaspace } : {};
}
