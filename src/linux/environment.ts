import { readFileStart } from './small-file.ts';

/** Kubernetes puts seven variables for each Service of a namespace into every pod: a thousand Services fit. */
const ENVIRONMENT_BYTES = 512 * 1024;

/**
 * Picks variables from the bytes of a /proc/<pid>/environ. Of several with one name the first counts, as for getenv(3). A
 * last one that the bound has cut is left out.
 */
export function parseEnvironment(bytes: Buffer, names: ReadonlySet<string>): Map<string, string> {
  const found = new Map<string, string>();
  for (const line of bytes.toString('utf8', 0, bytes.lastIndexOf(0) + 1).split('\0')) {
    const equals = line.indexOf('=');
    const name = line.slice(0, Math.max(equals, 0));
    if (names.has(name) && !found.has(name)) found.set(name, line.slice(equals + 1));
  }
  return found;
}

/**
 * Reads variables of the environment that a process was started with; what it has changed itself is not seen. Programs
 * that rewrite their title (setproctitle) may overwrite it. Throws `ReadFailure`: `denied` is usual for other users'.
 * Holds secrets: read no names but those that are needed.
 */
export function readEnvironment(procfsPath: string, pid: number, names: ReadonlySet<string>): Map<string, string> {
  return parseEnvironment(readFileStart(`${procfsPath}/${pid}/environ`, ENVIRONMENT_BYTES), names);
}
