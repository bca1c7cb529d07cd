import type { CgroupVitals } from '../model/vitals.ts';
import { parseWholeNumber } from './whole-number.ts';

/** Gives the text of a file in a cgroup's folder; undefined when it is not there or may not be read. */
export type CgroupFileReader = (file: string) => string | undefined;

/** Parses a file that holds one count. */
export function parseCount(text: string | undefined): number | undefined {
  return parseWholeNumber(text?.replace(/\n$/, ''));
}

/** Parses one line of a flat keyed file: `inactive_file 4096`. */
export function parseKey(text: string | undefined, key: string): number | undefined {
  const line = text?.split('\n').find((candidate) => candidate.startsWith(`${key} `));
  return parseCount(line?.slice(key.length + 1));
}

/** What the files of either version gave; bytes, except for kills and pressure. */
export interface CgroupCounts {
  readonly usageBytes: number | undefined;
  readonly inactiveFileBytes: number | undefined;
  readonly anonymousBytes: number | undefined;
  readonly limitBytes: number | undefined;
  readonly oomKills: number | undefined;
  readonly pressureSeconds?: CgroupVitals['pressureSeconds'] | undefined;
}

/** Undefined when the cgroup does not tell its use, or not how much of it is reclaimable. */
export function cgroupVitals(counts: CgroupCounts): CgroupVitals | undefined {
  const { usageBytes, inactiveFileBytes, anonymousBytes, limitBytes, oomKills, pressureSeconds } = counts;
  if (usageBytes === undefined || inactiveFileBytes === undefined) return undefined;
  return {
    usageBytes,
    // The two files are not read at one moment, and the kernel's counters are batched.
    workingSetBytes: Math.max(0, usageBytes - inactiveFileBytes),
    ...(anonymousBytes !== undefined && { anonymousBytes }),
    ...(limitBytes !== undefined && { limitBytes }),
    ...(oomKills !== undefined && { oomKills }),
    ...(pressureSeconds && { pressureSeconds }),
  };
}
