import { readlinkSync, statSync } from 'node:fs';
import { posix } from 'node:path';
import { fileFailure } from './file-failure.ts';

/** The file that a process runs. */
export interface Executable {
  /** File name without its folder, e.g. `python3.11`. */
  readonly name: string;
  /** Device and inode: another after an exec of another file, the same when the file was renamed or deleted. */
  readonly identity: string;
}

/** Reads the link /proc/<pid>/exe. Throws `ReadFailure`: `denied` for processes of other users, `gone`. */
export function readExecutable(procfsPath: string, pid: number): Executable {
  const link = `${procfsPath}/${pid}/exe`;
  try {
    // Larger than 2^53 on some file systems: a rounded inode would take two files for one.
    const { dev, ino } = statSync(link, { bigint: true });
    return { name: executableName(readlinkSync(link)), identity: `${dev}:${ino}` };
  } catch (error) {
    throw fileFailure(error, link);
  }
}

/** The kernel marks a file that an upgrade has replaced: `/usr/bin/python3.11 (deleted)`. */
export function executableName(linkTarget: string): string {
  return posix.basename(linkTarget.replace(/ \(deleted\)$/, ''));
}
