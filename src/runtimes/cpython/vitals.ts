import type { Census } from '../../model/census.ts';
import type { ProcessRef } from '../../model/target.ts';
import type { HeapVitals } from '../../model/vitals.ts';
import type { Session } from '../runtime.ts';
import { type Arena, findArenaVariables, readArenas } from './arenas.ts';
import { attach } from './attach.ts';
import { readGcVitals } from './gc-vitals.ts';
import type { CpythonLayout } from './layouts/layout.ts';

/** Opens a Python process for vitals. Throws `ReadFailure`. */
export function openSession(process: ProcessRef): Session {
  const { memory, layout, gcStates, image } = attach(process);
  const arenaVariables = findArenaVariables(memory, image, layout);
  return {
    vitals(lastCensus?: Census): HeapVitals {
      return {
        spaceUsedBytes: {},
        ...(arenaVariables && heapSize(readArenas(memory, arenaVariables, layout), layout, lastCensus)),
        externalBytes: {},
        ...readGcVitals(memory, gcStates, layout.gc),
      };
    },
    close: () => memory.close(),
  };
}

function heapSize(arenas: readonly Arena[], layout: CpythonLayout, lastCensus?: Census) {
  const poolsInUse = arenas.reduce((pools, arena) => pools + arena.poolsInUse, 0);
  // Objects over 512 bytes come from malloc, whose arenas only a scan can tell apart from other memory.
  const spaceUsedBytes = { arenas: poolsInUse * layout.poolBytes, ...lastCensus?.spaceUsedBytes };
  const committed = { arenas: arenas.length * layout.arenaBytes, ...lastCensus?.spaceCommittedBytes };
  return { usedBytes: sum(spaceUsedBytes), committedBytes: sum(committed), spaceUsedBytes };
}

function sum(bytes: Readonly<Record<string, number>>): number {
  return Object.values(bytes).reduce((total, value) => total + value, 0);
}
