import { readdirSync, readlinkSync } from 'node:fs';
import { ReadFailure } from '../model/failure.ts';

/** The pids in this procfs, ascending. Throws `unreadable`. */
export function listPids(procfsPath: string): number[] {
  try {
    return readdirSync(procfsPath)
      .filter((name) => /^[1-9]\d*$/.test(name))
      .map(Number)
      .sort((a, b) => a - b);
  } catch (error) {
    throw new ReadFailure('unreadable', `${procfsPath} is no procfs that can be listed: check --path.procfs`, {
      cause: error,
    });
  }
}

/** Our own pid as this procfs numbers it; undefined when it is that of a pid namespace which we are not in. */
export function readOwnPid(procfsPath: string): number | undefined {
  try {
    const pid = Number(readlinkSync(`${procfsPath}/self`));
    return Number.isSafeInteger(pid) && pid > 0 ? pid : undefined;
  } catch {
    return undefined;
  }
}
