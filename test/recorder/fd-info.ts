import { closeSync, openSync, readFileSync } from 'node:fs';

/** The text of a /proc/<pid>/fdinfo/<n> of a process that appends to the file. */
export function fdInfo(path: string): string {
  const fd = openSync(path, 'a');
  try {
    return readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8');
  } finally {
    closeSync(fd);
  }
}
