import { readLivingProcessStat } from '../../linux/process-stat.ts';
import type { ProcessMemory } from '../../memory/process-memory.ts';
import { ReadFailure } from '../../model/failure.ts';

/** Why a heap that was there is not: the process has ended, its page is in swap, or it changes just now. */
export function vanished(memory: ProcessMemory): ReadFailure {
  try {
    readLivingProcessStat(memory.process);
  } catch (error) {
    if (error instanceof ReadFailure) return error;
    throw error;
  }
  if (memory.swappedBytes > 0) {
    return new ReadFailure('busy', "a page of V8's own is in swap; it is not read, as that would bring it in");
  }
  return new ReadFailure('gone', 'the process runs another program now, or is just ending');
}
