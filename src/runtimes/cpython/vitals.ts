import type { Census } from '../../model/census.ts';
import type { ProcessRef } from '../../model/target.ts';
import type { HeapVitals } from '../../model/vitals.ts';
import type { Session } from '../runtime.ts';
import { readArenas } from './arenas.ts';
import { attach } from './attach.ts';
import { readGarbage, readGcEnabled, readGcVitals } from './gc-state.ts';

/** Opens a Python process for vitals. Throws `ReadFailure`. */
export function openSession(process: ProcessRef): Session {
  const { memory, layout, gcStates, arenaVariables } = attach(process);
  return {
    vitals(lastCensus?: Census): HeapVitals {
      const arenas = readArenas(memory, arenaVariables, layout);
      const poolsInUse = arenas.reduce((sum, arena) => sum + arena.poolsInUse, 0);
      // Objects over 512 bytes come from malloc, whose arenas only a scan can tell apart from other memory.
      const spaceUsedBytes = { arenas: poolsInUse * layout.poolBytes, ...lastCensus?.spaceUsedBytes };
      const committed = { arenas: arenas.length * layout.arenaBytes, ...lastCensus?.spaceCommittedBytes };
      return {
        usedBytes: sum(spaceUsedBytes),
        committedBytes: sum(committed),
        spaceUsedBytes,
        externalBytes: {},
        gc: readGcVitals(memory, gcStates, layout),
        garbageObjects: readGarbage(memory, gcStates, layout),
        gcEnabled: readGcEnabled(memory, gcStates, layout),
      };
    },
    close: () => memory.close(),
  };
}

function sum(bytes: Readonly<Record<string, number>>): number {
  return Object.values(bytes).reduce((total, value) => total + value, 0);
}
