import { readFileStart } from './small-file.ts';

/** Enough for an interpreter's options and its script; the rest is not our business. */
const COMMAND_LINE_BYTES = 4096;

/** Arguments of a process, cut after 4 KiB. A process that rewrote its title shows as one argument. */
export function parseCommandLine(bytes: Buffer): string[] {
  const words = bytes.toString('utf8').split('\0');
  while (words.at(-1) === '') words.pop();
  return words;
}

/** Reads /proc/<pid>/cmdline, which every user may. Throws `ReadFailure`. Holds secrets: never show it as it is. */
export function readCommandLine(procfsPath: string, pid: number): string[] {
  return parseCommandLine(readFileStart(`${procfsPath}/${pid}/cmdline`, COMMAND_LINE_BYTES));
}
