import { absentOnFailure } from '../model/failure.ts';
import type { ProcessRef } from '../model/target.ts';
import { parseProcessStat } from './process-stat.ts';
import { readSmallFile } from './small-file.ts';
import { parseWholeNumber } from './whole-number.ts';

/** How a process ended, as its parent is told: by a signal, or by itself with a code. */
export type ExitStatus = { readonly signal: number } | { readonly code: number };

/**
 * Field 52 of /proc/<pid>/stat, as wait(2) has it, of a process whose parent has not fetched it yet. Undefined when nothing
 * is left of the process, as usual: then nobody but the parent knows. The kernel shows 0 to those who may not know, so a
 * code of 0 is not told either.
 */
export function readExitStatus({ procfsPath, pid, startTicks }: ProcessRef): ExitStatus | undefined {
  return absentOnFailure(() => {
    const text = readSmallFile(`${procfsPath}/${pid}/stat`);
    const stat = parseProcessStat(text);
    if (stat.state !== 'Z' || stat.startTicks !== startTicks) return undefined;
    const status = parseWholeNumber(text.trimEnd().split(' ').at(-1));
    if (status === undefined || status === 0) return undefined;
    // The bit between says that core was dumped.
    const signal = status & 0x7f;
    return signal === 0 ? { code: (status >> 8) & 0xff } : { signal };
  });
}
