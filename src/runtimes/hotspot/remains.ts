// What a JVM leaves behind when it ends for want of memory: `hs_err_pid<pid>.log` of a crash (-XX:+CrashOnOutOfMemoryError
// too), `java_pid<pid>.hprof` of -XX:+HeapDumpOnOutOfMemoryError, both in its working folder unless options say otherwise.

import { closeSync, constants, fstatSync, openSync } from 'node:fs';
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
  /** Idempotent. */
  close(): void;
}

/** Keeps the working folder of a JVM open. Throws `gone` or `denied`. */
export function watchRemains({ procfsPath, pid }: ProcessRef): RemainsWatch {
  const innerPid = readProcessStatus(procfsPath, pid).innerPid ?? pid;
  const folder = openFolder(`${procfsPath}/${pid}/cwd`, pid);
  const names = [
    { kind: 'crash_log', name: `hs_err_pid${innerPid}.log` },
    { kind: 'heap_dump', name: `java_pid${innerPid}.hprof` },
  ] as const;
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
    close() {
      if (isOpen) closeSync(folder);
      isOpen = false;
    },
  };
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

/** A regular file in the folder, and no link to another: only its size and time are looked at, nothing is read. */
function look(folder: number, name: string): { readonly bytes: number; readonly writtenMs: number } | undefined {
  let file: number;
  try {
    const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
    file = openSync(`/proc/self/fd/${folder}/${name}`, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  } catch {
    return undefined; // it is not there
  }
  const stat = fstatSync(file);
  closeSync(file);
  return stat.isFile() ? { bytes: stat.size, writtenMs: stat.mtimeMs } : undefined;
}
