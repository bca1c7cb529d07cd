// What a JVM leaves behind when it ends for want of memory: `hs_err_pid<pid>.log` of a crash (-XX:+CrashOnOutOfMemoryError
// too), `java_pid<pid>.hprof` of -XX:+HeapDumpOnOutOfMemoryError, both in its working folder unless options say otherwise.

import { closeSync, constants, lstatSync, openSync, readlinkSync } from 'node:fs';
import { type FilePlace, findPlace, isInPlace } from '../../linux/file-place.ts';
import { readProcessStatus } from '../../linux/process-status.ts';
import { ReadFailure } from '../../model/failure.ts';
import type { ProcessRef } from '../../model/target.ts';

/** A file that a JVM has written about its end. */
export interface Remains {
  readonly kind: 'crash_log' | 'heap_dump';
  /** Its name without a folder. */
  readonly name: string;
  readonly bytes: number;
}

/** Looks for remains; opened while the process lives, as its folder cannot be found afterwards. */
export interface RemainsWatch {
  /** What has been written since the watch was opened. */
  find(): readonly Remains[];
  /** For `findRemainsAt`; undefined when the folder is not found by a path of ours. */
  place(): RemainsPlace | undefined;
  /** Idempotent. */
  close(): void;
}

/** Where a JVM leaves what it leaves. */
export interface RemainsPlace {
  readonly folder: FilePlace;
  /** The pid that the JVM itself sees. */
  readonly innerPid: number;
}

/** What was written there since, Unix time, when the watch could not be kept open; nothing when the folder is another one. */
export function findRemainsAt({ folder, innerPid }: RemainsPlace, sinceSeconds: number): readonly Remains[] {
  if (!isInPlace(folder)) return [];
  return namesOf(innerPid).flatMap(({ kind, name }) => {
    const found = look(folder.path, name);
    return found === undefined || found.writtenMs < 1000 * sinceSeconds ? [] : [{ kind, name, bytes: found.bytes }];
  });
}

/** Keeps the working folder of a JVM open. Throws `gone` or `denied`. */
export function watchRemains({ procfsPath, pid }: ProcessRef): RemainsWatch {
  const innerPid = readProcessStatus(procfsPath, pid).innerPid ?? pid;
  const fd = openFolder(`${procfsPath}/${pid}/cwd`, pid);
  const folder = `/proc/self/fd/${fd}`;
  const names = namesOf(innerPid);
  // A container that starts again has the same pids: what lies there from an earlier life is not news.
  const earlier = new Map(names.map(({ name }) => [name, look(folder, name)?.writtenMs]));
  let isOpen = true;
  return {
    find() {
      if (!isOpen) return [];
      return names.flatMap(({ kind, name }) => {
        const found = look(folder, name);
        return found === undefined || found.writtenMs === earlier.get(name) ? [] : [{ kind, name, bytes: found.bytes }];
      });
    },
    place() {
      const here = isOpen ? findPlace(folder) : undefined;
      if (here === undefined) return undefined;
      // Of a folder in a container it is a path in there: here something else may be found by it, or nothing.
      const place = { ...here, path: readlinkSync(folder) };
      return isInPlace(place) ? { folder: place, innerPid } : undefined;
    },
    close() {
      if (isOpen) closeSync(fd);
      isOpen = false;
    },
  };
}

function namesOf(innerPid: number) {
  return [
    { kind: 'crash_log', name: `hs_err_pid${innerPid}.log` },
    { kind: 'heap_dump', name: `java_pid${innerPid}.hprof` },
  ] as const;
}

function openFolder(path: string, pid: number): number {
  try {
    return openSync(path, constants.O_RDONLY | constants.O_DIRECTORY);
  } catch (cause) {
    const denied = /EACCES|EPERM/.test(String((cause as NodeJS.ErrnoException).code));
    throw new ReadFailure(
      denied ? 'denied' : 'gone',
      denied
        ? `the working folder of process ${pid} may not be opened: run heapwatch with the same user and group as the process`
        : `process ${pid} has ended`,
      { cause },
    );
  }
}

/** A regular file in the folder, and no link to another: only its size and time are looked at, nothing is opened. */
function look(folder: string, name: string): { readonly bytes: number; readonly writtenMs: number } | undefined {
  try {
    const stat = lstatSync(`${folder}/${name}`);
    return stat.isFile() ? { bytes: stat.size, writtenMs: stat.mtimeMs } : undefined;
  } catch {
    return undefined; // it is not there
  }
}
