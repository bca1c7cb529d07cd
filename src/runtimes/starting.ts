import { readBootTime } from '../linux/boot-time.ts';
import { TICKS_PER_SECOND } from '../linux/process-stat.ts';
import { ReadFailure } from '../model/failure.ts';
import type { ProcessRef } from '../model/target.ts';

/** A runtime makes its heap in 0.1 s, on a machine with too much to do in more. */
const startingSeconds = 5;

/** `refusal` of what does not fit its version, but `busy` of a process that has just begun: then it is only half made. */
export function unlessStarting(refusal: ReadFailure, { procfsPath, startTicks }: ProcessRef): ReadFailure {
  const ageSeconds = Date.now() / 1000 - readBootTime(procfsPath) - startTicks / TICKS_PER_SECOND;
  // The boot time is told in whole seconds; where it is not that of our clock, the age means nothing.
  if (ageSeconds < -1 || ageSeconds > startingSeconds) return refusal;
  return new ReadFailure('busy', 'the process is just starting: its heap is not there yet, or only half made', {
    cause: refusal,
  });
}
