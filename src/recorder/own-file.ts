import { closeSync, constants, fstatSync, openSync, readSync, type Stats } from 'node:fs';
import { geteuid } from 'node:process';

const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK, O_NOCTTY } = constants;

/**
 * Reads a whole file that we have written, in a folder where others may write too, such as one below /tmp: no link of theirs
 * is followed to a file that only we may read, and no file of theirs is believed. Answers with words that follow the path
 * when it cannot be ours. Throws what node:fs does.
 */
export function readOwnFile(path: string, mostBytes: number): Buffer | string {
  // Without O_NONBLOCK a pipe of this name would stop us for ever.
  const fd = openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
  try {
    const stats = fstatSync(fd);
    const reason = whyNotOurs(stats);
    if (reason !== undefined) return reason;
    if (stats.size > mostBytes) return `is larger than ${mostBytes} bytes`;
    const bytes = Buffer.allocUnsafe(stats.size);
    let length = 0;
    for (let count = 1; count > 0 && length < bytes.length; length += count) {
      count = readSync(fd, bytes, length, bytes.length - length, length);
    }
    return bytes.subarray(0, length);
  } finally {
    closeSync(fd);
  }
}

/** What root has written was there before heapwatch ran as another user. */
function whyNotOurs(stats: Stats): string | undefined {
  if (!stats.isFile()) return 'is not a regular file';
  if (stats.uid !== geteuid?.() && stats.uid !== 0) return `belongs to user ${stats.uid}, who is not heapwatch's`;
  // A hard link makes any file of the same disk look like one of this folder.
  return stats.nlink > 1 ? 'has a second name somewhere else' : undefined;
}
