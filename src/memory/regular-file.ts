import { closeSync, constants, fstatSync, openSync } from 'node:fs';
import type { ProcessRef } from '../model/target.ts';

const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW, O_NONBLOCK, O_NOCTTY } = constants;
/** O_PATH of asm-generic/fcntl.h, which node:fs does not name: the file itself, whatever it is, not opened. */
const O_PATH = 0o10000000;

/**
 * Opens the regular file that a link of procfs leads to. Undefined when there is none, when it is something else, or may
 * not be opened: opening a device can have effects, so it is looked at first.
 */
export function openRegularLink(path: string): number | undefined {
  return reopenRegular(tryOpen(path, O_PATH));
}

/**
 * Opens a regular file at a path of the target's own root, and no link on the way to it: a link that the target plants, be
 * it /tmp itself, would lead to files of our own root. Undefined when it is not there, is something else, or may not be
 * opened. `path` is text as /proc/<pid>/maps is read: latin1.
 */
export function openRegularFile({ procfsPath, pid }: ProcessRef, path: string): number | undefined {
  const names = path.split('/').filter((name) => name !== '');
  if (names.length === 0 || names.includes('..')) return undefined;
  let folder = tryOpen(`${procfsPath}/${pid}/root`, O_PATH | O_DIRECTORY);
  for (const [index, name] of names.entries()) {
    if (folder === undefined) return undefined;
    // A file below a folder that is open already, as openat(2) opens it.
    const below = Buffer.from(`/proc/self/fd/${folder}/${name}`, 'latin1');
    const next = tryOpen(below, O_PATH | O_NOFOLLOW | (index < names.length - 1 ? O_DIRECTORY : 0));
    closeSync(folder);
    folder = next;
  }
  return reopenRegular(folder);
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

/** Opens for reading what was opened by O_PATH, and closes that. */
function reopenRegular(file: number | undefined): number | undefined {
  if (file === undefined) return undefined;
  try {
    return fstatSync(file).isFile() ? tryOpen(`/proc/self/fd/${file}`, O_NONBLOCK | O_NOCTTY) : undefined;
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
