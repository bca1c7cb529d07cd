import { ReadFailure } from '../../model/failure.ts';

/** The address space that was opened is there no more. */
export function vanished(): ReadFailure {
  return new ReadFailure('gone', 'the process has ended, or runs another program now');
}
