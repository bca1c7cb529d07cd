import type { Census } from '../model/census.ts';
import { ReadFailure } from '../model/failure.ts';
import type { ProcessRef } from '../model/target.ts';
import type { HeapVitals } from '../model/vitals.ts';
import type { Runtime, Session } from '../runtimes/runtime.ts';

export type HeapReading =
  | { readonly heap: HeapVitals }
  /** `triedNow` is false when it failed earlier and it is too soon to try again. */
  | { readonly error: unknown; readonly triedNow: boolean };

/** A runtime's session that is opened when it is first read, and again, less and less often, after it failed. */
export interface HeapSession {
  readonly isOpen: boolean;
  /** Never throws. */
  read(elapsedSeconds: number, lastCensus: Census | undefined): HeapReading;
  /** Idempotent. */
  close(): void;
}

export interface BackOff {
  readonly roundSeconds: number;
  readonly longestBackOffSeconds: number;
}

export function openHeapSession(
  runtime: Pick<Runtime, 'open'>,
  process: ProcessRef,
  { roundSeconds, longestBackOffSeconds }: BackOff,
): HeapSession {
  let session: Session | undefined;
  let error: unknown;
  let failures = 0;
  let tryAgainAtSeconds = Number.NEGATIVE_INFINITY;

  function close(): void {
    session?.close();
    session = undefined;
  }

  return {
    get isOpen() {
      return session !== undefined;
    },
    read(elapsedSeconds, lastCensus) {
      if (elapsedSeconds < tryAgainAtSeconds) return { error, triedNow: false };
      try {
        session ??= runtime.open(process);
        const heap = session.vitals(lastCensus);
        failures = 0;
        return { heap };
      } catch (cause) {
        error = cause;
        // Busy says that the same session is worth another try at once; anything else may need a new one.
        if (session === undefined || !(cause instanceof ReadFailure) || cause.kind !== 'busy') {
          close();
          tryAgainAtSeconds = elapsedSeconds + Math.min(longestBackOffSeconds, roundSeconds * 2 ** failures++);
        }
        return { error, triedNow: true };
      }
    },
    close,
  };
}
