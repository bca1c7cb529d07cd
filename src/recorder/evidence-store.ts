import { readdirSync, statSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ReadFailure } from '../model/failure.ts';
import type { EvidenceFile } from '../model/incident.ts';
import type { Target } from '../model/target.ts';
import { writeWholeFile } from './whole-file.ts';

/** What runtimes have said of themselves before the end, as files of a folder: one of a target. */
export interface EvidenceStore {
  /** What was taken of it, by an earlier run of ours too. */
  of(target: Target): EvidenceFile | undefined;
  /** The oldest make room. Throws `ReadFailure` in words. */
  add(target: Target, text: string): Promise<void>;
}

/** 40,000 classes; what is more is cut, the largest come first. */
const MOST_CHARACTERS = 4 * 1024 * 1024;
const MOST_FILES = 20;
// Controls and format characters, line separators, lone surrogates: a terminal would obey them.
const UNPRINTABLE = /(?![\t\n])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;
const ENDING = '.class-histogram.txt';
const OURS = /^\d{1,10}-\d{1,16}\.class-histogram\.txt$/;

export function openEvidenceStore(folder: string): EvidenceStore {
  async function makeRoom(): Promise<void> {
    const files = readdirSync(folder).filter((name) => OURS.test(name));
    const paths = files.map((name) => join(folder, name));
    const byAge = paths.toSorted((a, b) => (writtenSeconds(b) ?? 0) - (writtenSeconds(a) ?? 0));
    for (const path of byAge.slice(MOST_FILES - 1)) await rm(path, { force: true });
  }

  return {
    of(target) {
      const file = nameOf(target);
      const takenAtSeconds = writtenSeconds(join(folder, file));
      // Pids and start times come again after a boot.
      if (takenAtSeconds === undefined || takenAtSeconds < target.startTimeSeconds) return undefined;
      return { kind: 'class_histogram', file, takenAtSeconds };
    },
    async add(target, text) {
      try {
        await mkdir(folder, { recursive: true, mode: 0o700 });
        await makeRoom();
        await writeWholeFile(join(folder, nameOf(target)), text.slice(0, MOST_CHARACTERS).replace(UNPRINTABLE, ' '));
      } catch (cause) {
        const message = `evidence cannot be kept in ${folder}: ${(cause as Error).message}`;
        throw new ReadFailure('unreadable', message, { cause });
      }
    },
  };
}

function nameOf({ process: { pid, startTicks } }: Target): string {
  return `${pid}-${startTicks}${ENDING}`;
}

function writtenSeconds(path: string): number | undefined {
  try {
    return statSync(path).mtimeMs / 1000;
  } catch {
    return undefined; // it is not there, or its folder may not be looked into
  }
}
