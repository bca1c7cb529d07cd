import { readSmallFile } from './small-file.ts';
import { parseWholeNumber } from './whole-number.ts';

/** The part of /proc/<pid>/status that we use; sizes in bytes. What a line does not tell is absent. */
export interface ProcessStatus {
  /** VmRSS; absent for kernel threads and zombies, which have no memory of their own. */
  readonly residentBytes?: number;
  /** RssAnon, since Linux 4.5. */
  readonly anonymousBytes?: number;
  readonly swappedBytes?: number;
  readonly threads?: number;
  /** Effective user id in our user namespace. */
  readonly uid?: number;
  /** The pid that the process itself sees, in the innermost pid namespace. */
  readonly innerPid?: number;
}

/** Parses /proc/<pid>/status. Names are escaped by the kernel there, so that a line is always the kernel's own. */
export function parseProcessStatus(text: string): ProcessStatus {
  const lines = new Map<string, string>();
  for (const line of text.split('\n')) {
    const colon = line.indexOf(':');
    if (colon > 0) lines.set(line.slice(0, colon), line.slice(colon + 1).trim());
  }
  return {
    ...number('residentBytes', kibibytes(lines.get('VmRSS'))),
    ...number('anonymousBytes', kibibytes(lines.get('RssAnon'))),
    ...number('swappedBytes', kibibytes(lines.get('VmSwap'))),
    ...number('threads', parseWholeNumber(lines.get('Threads'))),
    // Real, effective, saved, file system.
    ...number('uid', parseWholeNumber(lines.get('Uid')?.split(/\s+/)[1])),
    ...number('innerPid', parseWholeNumber(lines.get('NSpid')?.split(/\s+/).at(-1))),
  };
}

/** Throws `ReadFailure`. */
export function readProcessStatus(procfsPath: string, pid: number): ProcessStatus {
  return parseProcessStatus(readSmallFile(`${procfsPath}/${pid}/status`));
}

function kibibytes(value: string | undefined): number | undefined {
  const count = parseWholeNumber(/^(\d+) kB$/.exec(value ?? '')?.[1]);
  return count === undefined ? undefined : count * 1024;
}

function number<K extends string>(key: K, value: number | undefined): { [P in K]?: number } {
  return value === undefined ? {} : ({ [key]: value } as { [P in K]?: number });
}
