import type { Census } from '../../model/census.ts';
import type { ProcessRef } from '../../model/target.ts';
import type { HeapVitals } from '../../model/vitals.ts';
import type { Session } from '../runtime.ts';
import { type Arena, readArenas } from './arenas.ts';
import { attach, findInterpreterParts, type InterpreterParts } from './attach.ts';
import { createGcCarry } from './gc-carry.ts';
import { readGcVitals } from './gc-vitals.ts';
import { findInterpreters } from './interpreters.ts';
import type { CpythonLayout } from './layouts/layout.ts';

/** Opens a Python process for vitals. Throws `ReadFailure`. */
export function openSession(process: ProcessRef): Session {
  const python = attach(process);
  const { memory, layout, image } = python;
  const carryOn = createGcCarry();
  let parts: InterpreterParts;
  try {
    parts = findInterpreterParts(python);
  } catch (error) {
    memory.close();
    throw error;
  }

  return {
    vitals(lastCensus?: Census): HeapVitals {
      const { holders } = findInterpreters(memory, image, layout);
      const changed = holders.join() !== parts.interpreters.holders.join();
      if (changed) parts = findInterpreterParts(python);
      const arenas = readArenas(memory, parts.arenaVariables, layout);
      const collector = readGcVitals(memory, parts.gcStates, layout.gc);
      return {
        ...heapSize(arenas, layout, lastCensus),
        externalBytes: {},
        ...collector,
        gc: carryOn(collector.gc, changed),
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
