import { ReadFailure } from '../model/failure.ts';
import { readSmallFile } from './small-file.ts';
import { parseWholeNumber } from './whole-number.ts';

/** A line of /proc/stat holds a counter for every interrupt: hundreds of KiB on large machines. */
const STAT_BYTES = 1024 * 1024;

/** Parses the line `btime` of /proc/stat: when the machine was booted, Unix time in seconds. Throws `unreadable`. */
export function parseBootTime(text: string): number {
  const seconds = parseWholeNumber(/^btime (\d+)$/m.exec(text)?.[1]);
  if (seconds === undefined) throw new ReadFailure('unreadable', 'the stat file of procfs has no line "btime"');
  return seconds;
}

/** Throws `denied`, or `unreadable` when there is no procfs. */
export function readBootTime(procfsPath: string): number {
  try {
    return parseBootTime(readSmallFile(`${procfsPath}/stat`, STAT_BYTES));
  } catch (error) {
    if (!(error instanceof ReadFailure && error.kind === 'gone')) throw error;
    throw new ReadFailure('unreadable', `no procfs at ${procfsPath}: check --path.procfs`, { cause: error });
  }
}
