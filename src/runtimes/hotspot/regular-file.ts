import { closeSync, constants, fstatSync, openSync } from 'node:fs';
import type { ProcessRef } from '../../model/target.ts';

const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW, O_NONBLOCK, O_NOCTTY } = constants;

/**
 * Opens a regular file at a path of the target's own root, and no link on the way to it: a link that the target plants, be
 * it /tmp itself, would lead to files of our own root. Undefined when it is not there, is something else, or may not be
 * opened. `path` is text as /proc/<pid>/maps is read: latin1.
 */
export function openRegularFile({ procfsPath, pid }: ProcessRef, path: string): number | undefined {
  const names = path.split('/').filter((name) => name !== '');
  if (names.length === 0 || names.includes('..')) return undefined;
  let folder = tryOpen(`${procfsPath}/${pid}/root`, O_DIRECTORY);
  for (const [index, name] of names.entries()) {
    if (folder === undefined) return undefined;
    // A file below a folder that is open already, as openat(2) opens it.
    const below = Buffer.from(`/proc/self/fd/${folder}/${name}`, 'latin1');
    const kind = index < names.length - 1 ? O_DIRECTORY : O_NONBLOCK | O_NOCTTY;
    const next = tryOpen(below, kind | O_NOFOLLOW);
    closeSync(folder);
    folder = next;
  }
  if (folder === undefined || fstatSync(folder).isFile()) return folder;
  closeSync(folder);
  return undefined;
}

/** Opens the file for the time of `use`. */
export function withRegularFile<T>(process: ProcessRef, path: string, use: (file: number) => T): T | undefined {
  const file = openRegularFile(process, path);
  if (file === undefined) return undefined;
  try {
    return use(file);
  } finally {
    closeSync(file);
  }
}

function tryOpen(path: string | Buffer, flags: number): number | undefined {
  try {
    return openSync(path, O_RDONLY | flags);
  } catch {
    return undefined; // whoever needs the file says that it is not there
  }
}
