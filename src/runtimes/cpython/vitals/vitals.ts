import type { Census } from '../../../model/census.ts';
import type { ProcessRef } from '../../../model/target.ts';
import type { HeapVitals } from '../../../model/vitals.ts';
import type { Session } from '../../runtime.ts';
import { giveUp } from '../../vanished.ts';
import { type Arena, readArenas } from '../arenas.ts';
import { attach } from '../attach.ts';
import { type InterpreterParts, withInterpreterParts } from '../interpreter-parts.ts';
import type { CpythonLayout } from '../layouts/layout.ts';
import { createGcCarry } from './gc-carry.ts';
import { readGcVitals } from './gc-vitals.ts';

/** Opens a Python process for vitals. Throws `ReadFailure`. */
export function openSession(process: ProcessRef): Session {
  const python = attach(process);
  const { memory, layout } = python;
  const carryOn = createGcCarry();
  let parts: InterpreterParts | undefined;
  const read = () =>
    withInterpreterParts(python, parts, (current) => {
      parts = current;
      return {
        arenas: readArenas(memory, current.arenaVariables, layout),
        collector: readGcVitals(memory, current.gcStates, layout.gc),
      };
    });
  try {
    withInterpreterParts(python, undefined, (found) => {
      parts = found;
    });
  } catch (error) {
    throw giveUp(error, memory);
  }

  return {
    vitals(lastCensus?: Census): HeapVitals {
      const { arenas, collector } = read();
      return {
        ...heapSize(arenas, layout, lastCensus),
        externalBytes: {},
        ...collector,
        gc: carryOn(collector.gc),
      };
    },
    close: () => memory.close(),
  };
}

/**
 * Objects over 512 bytes (under PYTHONMALLOC=malloc all) come from malloc: only a scan tells them from other memory. Before
 * the first census the sums are not known.
 */
function heapSize(arenas: readonly Arena[], layout: CpythonLayout, lastCensus?: Census) {
  const poolsInUse = arenas.reduce((pools, arena) => pools + arena.poolsInUse, 0);
  const inArenas = { arenas: poolsInUse * layout.poolBytes };
  if (lastCensus === undefined) return { spaceUsedBytes: inArenas };
  const spaceUsedBytes = { ...inArenas, ...lastCensus.spaceUsedBytes };
  const committed = { arenas: arenas.length * layout.arenaBytes, ...lastCensus.spaceCommittedBytes };
  return {
    usedBytes: sum(spaceUsedBytes),
    committedBytes: sum(committed),
    spaceUsedBytes,
    // Of malloc's areas only what objects use: the rest belongs to whoever calls malloc.
    accountedBytes: committed.arenas + sum(lastCensus.spaceUsedBytes),
  };
}

function sum(bytes: Readonly<Record<string, number>>): number {
  return Object.values(bytes).reduce((total, value) => total + value, 0);
}
