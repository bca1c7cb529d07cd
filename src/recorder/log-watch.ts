import { statSync } from 'node:fs';
import { containerLogs } from '../linux/kubernetes-logs.ts';
import type { RuntimeName, Target } from '../model/target.ts';
import { countKinds, createLogSieve, type LogErrors } from './log-sieve.ts';
import { followFile, type LogPlace, readFurther } from './log-tail.ts';

/** Reads what a target logs, from outside. */
export interface LogWatch {
  /** To be called in every round; answers the memory errors since the last time, by kind. Never throws. */
  read(nowSeconds: number): Readonly<Record<string, number>>;
  /** What was read in the last `seconds`, redacted. */
  errors(nowSeconds: number, seconds: number): LogErrors;
  /** How far it was read, for `readLogsFurther`. */
  places(): LogPlace[];
  /** Idempotent. */
  close(): void;
}

/** Undefined when the target has no log that can be read: what it writes to a pipe or a terminal is gone. */
export function watchLog(target: Target, folders: LogFolders = hostFolders): LogWatch | undefined {
  const tails = logFiles(target, folders).flatMap((path) => followFile(path) ?? []);
  if (tails.length === 0) return undefined;
  const sieve = createLogSieve();
  return {
    read: (nowSeconds) => countKinds(tails.flatMap((tail) => tail.read().map((line) => sieve.add(line, nowSeconds)))),
    errors: sieve.errors,
    places: () => tails.flatMap((tail) => tail.place() ?? []),
    close() {
      for (const tail of tails) tail.close();
    },
  };
}

/** What was logged since, while nobody watched: the newest of it. Never throws. */
export function readLogsFurther(places: readonly LogPlace[]): LogErrors {
  const sieve = createLogSieve();
  for (const place of places) for (const line of readFurther(place)) sieve.add(line, 0);
  return sieve.errors(0, 0);
}

/** The kinds of memory errors that a program of this runtime has itself; others it may only speak of. */
export function kindsOf(runtime: RuntimeName): readonly string[] {
  return [OWN_KIND[runtime], 'native', 'system'];
}

const OWN_KIND: Readonly<Record<RuntimeName, string>> = { nodejs: 'v8_heap', cpython: 'python', jvm: 'java' };

/** Where container engines keep logs on the host. */
export interface LogFolders {
  readonly docker: string;
  readonly kubernetes: string;
}

const hostFolders: LogFolders = { docker: '/var/lib/docker/containers', kubernetes: '/var/log/containers' };

/** The files behind standard output and error, each once; else the log that the container's engine writes. */
function logFiles({ process: { procfsPath, pid }, container }: Target, folders: LogFolders): string[] {
  const own = [1, 2].map((fd) => `${procfsPath}/${pid}/fd/${fd}`);
  const inodes = own.map((path) => regularInode(path));
  const files = own.filter((_, index) => inodes[index] !== undefined && inodes.indexOf(inodes[index]) === index);
  if (files.length > 0 || container?.id === undefined) return files;
  const { id } = container;
  const engine = [`${folders.docker}/${id}/${id}-json.log`, ...containerLogs(folders.kubernetes, id)];
  return engine.filter((path) => regularInode(path) !== undefined).slice(0, 1);
}

function regularInode(path: string): number | undefined {
  try {
    const stats = statSync(path);
    return stats.isFile() ? stats.ino : undefined;
  } catch {
    return undefined; // it is not there, or may not be seen
  }
}
