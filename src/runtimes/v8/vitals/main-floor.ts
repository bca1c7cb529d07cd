import type { ProcessRef } from '../../../model/target.ts';
import type { LiveFloor } from '../../../model/vitals.ts';
import { attach } from '../attach.ts';
import { findIsolates } from '../isolates.ts';
import { readIsolateVitals } from './heap-vitals.ts';
import { createLiveFloors } from './live-floors.ts';

/** The live floor of the main thread's isolate alone, for a process that knows all else of itself. */
export interface MainFloor {
  /** Undefined before the first major collection. Throws `ReadFailure`. */
  read(): LiveFloor | undefined;
  /** Idempotent. */
  close(): void;
}

/** Throws `ReadFailure`. */
export function openMainFloor(process: ProcessRef): MainFloor {
  const node = attach(process);
  const floorsOf = createLiveFloors();
  return {
    read() {
      const main = findIsolates(node).find(({ isMain }) => isMain);
      if (main === undefined) return undefined;
      const vitals = readIsolateVitals(node.memory, node.layout, main);
      return floorsOf(new Map([[main.id, vitals]])).get(main.id);
    },
    close: () => node.memory.close(),
  };
}
