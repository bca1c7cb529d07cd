import { readdirSync, statSync } from 'node:fs';
import type { Target } from '../model/target.ts';
import { isError, memoryErrorOf, redact } from './log-errors.ts';
import { logText } from './log-line.ts';
import { followFile } from './log-tail.ts';

/** Lines about something that failed, the oldest first. */
export interface LogErrors {
  readonly lines: readonly string[];
  /** Memory errors by kind. */
  readonly memoryErrors: Readonly<Record<string, number>>;
}

/** Reads what a target logs, from outside. */
export interface LogWatch {
  /** To be called in every round. Never throws. */
  read(nowSeconds: number): void;
  /** What was logged in the last `seconds`, redacted; what was written since the last `read` too. */
  errors(nowSeconds: number, seconds: number): LogErrors;
  /** Idempotent. */
  close(): void;
}

/** What is kept of a program that logs nothing but errors. */
const MOST_LINES = 200;
/** Lines after an error that belong to it: a stack. */
const STACK_LINES = 12;
const STACK_LINE = /^(?:\s|at |Caused by:|\.\.\. )/;

interface KeptLine {
  readonly atSeconds: number;
  readonly text: string;
}

/** Undefined when the target has no log that can be read: what it writes to a pipe or a terminal is gone. */
export function watchLog(target: Target, folders: LogFolders = hostFolders): LogWatch | undefined {
  const tails = logFiles(target, folders).flatMap((path) => followFile(path) ?? []);
  if (tails.length === 0) return undefined;
  let kept: KeptLine[] = [];
  let stackLines = 0;

  function add(line: string, atSeconds: number): void {
    const text = logText(line);
    if (isError(text)) stackLines = STACK_LINES;
    else if (stackLines > 0 && STACK_LINE.test(text)) stackLines--;
    else {
      stackLines = 0;
      return;
    }
    kept.push({ atSeconds, text: redact(text) });
  }

  function read(nowSeconds: number): void {
    for (const tail of tails) for (const line of tail.read()) add(line, nowSeconds);
    if (kept.length > MOST_LINES) kept = kept.slice(-MOST_LINES);
  }

  return {
    read,
    errors(nowSeconds, seconds) {
      read(nowSeconds);
      const lines = kept.filter(({ atSeconds }) => atSeconds + seconds >= nowSeconds).map(({ text }) => text);
      const memoryErrors: Record<string, number> = {};
      for (const line of lines) {
        const kind = memoryErrorOf(line);
        if (kind !== undefined) memoryErrors[kind] = (memoryErrors[kind] ?? 0) + 1;
      }
      return { lines, memoryErrors };
    },
    close() {
      for (const tail of tails) tail.close();
    },
  };
}

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
  const engine = [`${folders.docker}/${id}/${id}-json.log`, ...kubernetesLogs(folders.kubernetes, id)];
  return engine.filter((path) => regularInode(path) !== undefined).slice(0, 1);
}

/** kubelet links `<pod>_<namespace>_<container>-<id>.log` to the file. */
function kubernetesLogs(folder: string, id: string): string[] {
  try {
    const names = readdirSync(folder).filter((name) => name.endsWith(`-${id}.log`));
    return names.map((name) => `${folder}/${name}`);
  } catch {
    return []; // no kubelet here
  }
}

function regularInode(path: string): number | undefined {
  try {
    const stats = statSync(path);
    return stats.isFile() ? stats.ino : undefined;
  } catch {
    return undefined; // it is not there, or may not be seen
  }
}
