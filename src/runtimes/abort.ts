import type { AbortFlag } from '../model/census.ts';
import { ReadFailure } from '../model/failure.ts';

/** Throws `busy` when the scan shall stop. */
export function checkAbort(abort: AbortFlag): void {
  if (Atomics.load(abort, 0) !== 0) throw new ReadFailure('busy', 'the census was stopped before it had finished');
}
