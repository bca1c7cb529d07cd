import type { Census } from '../model/census.ts';
import type { ProcessRef, RuntimeName } from '../model/target.ts';

/** Takes censuses away from the main thread, one at a time, in the order of the calls. */
export interface CensusTaker {
  /**
   * Rejects with a `ReadFailure`; past the deadline with `busy`, and the worker that did not stop in time is replaced.
   * The deadline counts from when the scan starts, not from when it was asked for.
   */
  take(process: ProcessRef, runtime: RuntimeName, deadlineMs: number): Promise<Census>;
  /** Gives back the memory that is held for the next census, when none is running. */
  rest(): void;
  /** Idempotent; what still waits is rejected. */
  close(): Promise<void>;
}
