import { ReadFailure } from '../model/failure.ts';
import { readSmallFile } from './small-file.ts';
import { parseWholeNumber } from './whole-number.ts';

export interface NodeMemory {
  readonly memoryBytes: number;
  /** The kernel's estimate of what new work could get without swapping. */
  readonly availableBytes: number;
}

/** Parses MemTotal and MemAvailable of /proc/meminfo. Throws `unreadable`. */
export function parseMeminfo(text: string): NodeMemory {
  const bytes = (key: string) => {
    const kibibytes = parseWholeNumber(new RegExp(`^${key}: +(\\d+) kB$`, 'm').exec(text)?.[1]);
    if (kibibytes === undefined) throw new ReadFailure('unreadable', `the meminfo file of procfs has no line "${key}"`);
    return kibibytes * 1024;
  };
  return { memoryBytes: bytes('MemTotal'), availableBytes: bytes('MemAvailable') };
}

/** Throws `ReadFailure`. */
export function readMeminfo(procfsPath: string): NodeMemory {
  return parseMeminfo(readSmallFile(`${procfsPath}/meminfo`));
}
