import { closeSync, openSync, readSync } from 'node:fs';

/** Reads a file that a user names in a setting, or says in a clause that follows its name why it cannot be read. */
export function readSmallFile(
  path: string,
  mostBytes: number,
): { readonly bytes: Buffer } | { readonly mistake: string } {
  const buffer = Buffer.alloc(mostBytes + 1);
  let length = 0;
  try {
    const fd = openSync(path, 'r');
    try {
      for (let count = -1; count !== 0 && length < buffer.length; length += count) {
        count = readSync(fd, buffer, length, buffer.length - length, null);
      }
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    return { mistake: unreadable(error as NodeJS.ErrnoException) };
  }
  if (length > mostBytes) return { mistake: `is larger than ${mostBytes} bytes: it holds more than settings` };
  return { bytes: buffer.subarray(0, length) };
}

function unreadable({ code, message }: NodeJS.ErrnoException): string {
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return 'is not there';
    case 'EACCES':
    case 'EPERM':
      return 'may not be read by the user that heapwatch runs as';
    case 'EISDIR':
      return 'is a folder, not a file';
    default:
      return `cannot be read: ${message}`;
  }
}
