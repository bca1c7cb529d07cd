import type { AbortFlag, Census } from '../model/census.ts';
import type { Detection, ProcessRef, RuntimeName } from '../model/target.ts';
import type { HeapVitals } from '../model/vitals.ts';
import type { GetMappings } from './mappings-once.ts';

/**
 * What every runtime implements. All functions are synchronous and read-only; they throw `ReadFailure` and nothing else
 * on purpose. A process that is not of this runtime is no failure: `detect` answers undefined.
 */
export interface Runtime {
  readonly name: RuntimeName;
  /**
   * Says from maps and the files behind them whether the process is of this runtime; its memory is not opened. Who asks
   * several runtimes gives them the same mappings. Throws `denied`, `gone` or `unreadable`, never `unsupported`: an unknown
   * version is a target that `open` refuses.
   */
  detect(process: ProcessRef, mappings?: GetMappings): Detection | undefined;
  /** The exact version, where only the process's memory tells it; what `detect` said when it may not be read. */
  readVersion?(process: ProcessRef, detected: string, mappings?: GetMappings): string;
  /** Finds the runtime's structures and checks them. Throws `unsupported` for a version or build that we do not know. */
  open(process: ProcessRef): Session;
  /** Counts objects per type; called in the census worker. Looks at `abort` at every chunk and then throws `busy`. */
  census(process: ProcessRef, abort: AbortFlag): Census;
}

/** One target, opened for vitals on the main thread. */
export interface Session {
  /** No page scan, under 0.2 ms typical. `lastCensus` fills in what only a scan can see. */
  vitals(lastCensus?: Census): HeapVitals;
  /** Idempotent. */
  close(): void;
}
