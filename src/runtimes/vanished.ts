import { readLivingProcessStat } from '../linux/process-stat.ts';
import type { ProcessMemory } from '../memory/process-memory.ts';
import { ReadFailure } from '../model/failure.ts';

/** Why what has to be there is not: the process has ended, runs another program now, or its page is in swap. */
export function vanished(memory: ProcessMemory): ReadFailure {
  try {
    readLivingProcessStat(memory.process);
  } catch (error) {
    if (error instanceof ReadFailure) return error;
    throw error;
  }
  return memory.hasAddressSpace()
    ? new ReadFailure(
        'busy',
        'a page of the runtime itself is not in memory: most likely it is in swap, or not there yet as the process is ' +
          'just starting; it is not read, as that would bring it in',
      )
    : new ReadFailure('gone', 'the process runs another program now, or is just ending');
}

/** What an error while a process was read comes from: as it ends or execs, what was found of it so far looks wrong. */
export function causeOf(error: unknown, memory: ProcessMemory): unknown {
  return error instanceof ReadFailure && !memory.hasAddressSpace() ? vanished(memory) : error;
}

/** Closes the memory of a process that cannot be opened after all; answers what to throw, as `causeOf` does. */
export function giveUp(error: unknown, memory: ProcessMemory): unknown {
  const cause = causeOf(error, memory);
  memory.close();
  return cause;
}
