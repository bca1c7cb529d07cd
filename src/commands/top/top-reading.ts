import { readLivingProcessStat } from '../../linux/process-stat.ts';
import type { Census } from '../../model/census.ts';
import { ReadFailure } from '../../model/failure.ts';
import type { OptIns } from '../../model/opt-ins.ts';
import type { HeapVitals } from '../../model/vitals.ts';
import type { Session } from '../../runtimes/runtime.ts';
import { takeCensus as takeAnyCensus } from '../../runtimes/take-census.ts';
import type { FoundProcess } from '../found-process.ts';

/** In this thread: nothing else waits for it. Throws `ReadFailure`. */
export async function takeCensus(found: FoundProcess, optIns: OptIns): Promise<Census> {
  try {
    const abort = new Int32Array(new SharedArrayBuffer(4));
    return await takeAnyCensus(found.runtime, found.process, abort, optIns);
  } catch (error) {
    // A process that ends while it is read looks like one that contradicts itself.
    if (error instanceof ReadFailure) checkSame(found);
    throw error;
  }
}

/** Vitals come after the census, so that what it needs is known to be there. Throws `ReadFailure`. */
export function readCollector({ runtime, process }: FoundProcess): HeapVitals | undefined {
  let session: Session | undefined;
  try {
    session = runtime.open(process);
    return session.vitals();
  } catch (error) {
    if (error instanceof ReadFailure && error.kind === 'unsupported') return undefined; // it was asked for the census
    throw error;
  } finally {
    session?.close();
  }
}

/** Throws `gone` when the process has ended since it was found, or runs another program. */
export function checkSame({ process, image }: FoundProcess): void {
  if (readLivingProcessStat(process).image !== image) {
    throw new ReadFailure('gone', `process ${process.pid} became another program in the meantime (exec)`);
  }
}
