import { statSync } from 'node:fs';
import { type CapabilitySets, parseCapabilities } from './capabilities.ts';
import { readSmallFile } from './small-file.ts';

/** Who a process is, as far as the kernel asks when one process reads another. */
export interface Credentials {
  /** Real, effective, saved: a reader without SYS_PTRACE must match all three. */
  readonly uids: readonly number[];
  readonly gids: readonly number[];
  /** What files are opened as. */
  readonly fileUid: number;
  readonly fileGid: number;
  readonly capabilities: CapabilitySets | undefined;
  /** It can never gain rights by an exec; does not hinder reading. */
  readonly noNewPrivileges: boolean;
  /** A filter of system calls is active. */
  readonly seccomp: boolean;
}

/** Parses the lines of /proc/<pid>/status, see proc_pid_status(5); undefined when the ids are not told. */
export function parseCredentials(statusText: string): Credentials | undefined {
  const ids = (key: string) => {
    const line = new RegExp(`^${key}:((?:\\t\\d{1,10}){4})$`, 'm').exec(statusText)?.[1];
    return line?.slice(1).split('\t').map(Number);
  };
  const [uids, gids] = [ids('Uid'), ids('Gid')];
  if (uids === undefined || gids === undefined) return undefined;
  return {
    uids: uids.slice(0, 3),
    gids: gids.slice(0, 3),
    fileUid: uids[3]!,
    fileGid: gids[3]!,
    capabilities: parseCapabilities(statusText),
    noNewPrivileges: /^NoNewPrivs:\t1$/m.test(statusText),
    seccomp: /^Seccomp:\t[12]$/m.test(statusText),
  };
}

/** Throws `ReadFailure`. */
export function readCredentials(procfsPath: string, pid: number | 'self'): Credentials | undefined {
  return parseCredentials(readSmallFile(`${procfsPath}/${pid}/status`));
}

/**
 * Who owns the private files of a process. That is root instead of its user when it is not "dumpable": it changed its
 * user, asked for it by prctl(PR_SET_DUMPABLE), or its executable is not readable, see proc(5). The folder /proc/<pid>
 * itself keeps the user's name. Undefined when we may not know.
 */
export function readFilesOwner(procfsPath: string, pid: number): number | undefined {
  try {
    return statSync(`${procfsPath}/${pid}/environ`).uid;
  } catch {
    return undefined; // gone, or hidden by hidepid
  }
}
