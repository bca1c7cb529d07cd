import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from './clock.ts';

/** Scrapes wait behind us: a turn of the event loop is not kept longer than this while processes are read. */
const LONGEST_TURN_SECONDS = 0.02;

/** Makes a function to be awaited between two pieces of work: it lets others have a turn when ours was long. */
export function createPause(clock: Clock): () => Promise<void> {
  let turnBeganAtSeconds = clock.elapsedSeconds();
  return async () => {
    if (clock.elapsedSeconds() - turnBeganAtSeconds < LONGEST_TURN_SECONDS) return;
    await nextTurn();
    turnBeganAtSeconds = clock.elapsedSeconds();
  };
}
