import { posix } from 'node:path';
import { ReadFailure } from '../model/failure.ts';
import { readCommandLine } from './command-line.ts';
import { readOwnPid } from './process-list.ts';
import { readProcessStat } from './process-stat.ts';

/** `npx heapwatch` in a package script of another one is five deep. */
const MOST_PARENTS = 12;

const SHELL = /^-?(?:sh|bash|dash|ash|zsh)$/;
const PACKAGE_MANAGER = /^(?:npm|npx|pnpm|pnpx|yarn|corepack)(?:-cli)?(?:\.c?js)?$/;

/**
 * Our own pid as this procfs numbers it, and those of the package managers that started us (`npm start`), which have no
 * other work; shells between them are passed by. Whatever else started us is a process like any other. Empty in the procfs
 * of a pid namespace that we are not in.
 */
export function readOwnPids(procfsPath: string): Set<number> {
  const ownPid = readOwnPid(procfsPath);
  const own = new Set<number>();
  try {
    let pid = ownPid ?? 0;
    for (let depth = 0; pid > 0 && depth <= MOST_PARENTS; depth++) {
      const isManager = depth > 0 && isPackageManager(readCommandLine(procfsPath, pid));
      const stat = readProcessStat(procfsPath, pid);
      if (depth === 0 || isManager) own.add(pid);
      else if (!SHELL.test(stat.comm)) break;
      pid = stat.parentPid;
    }
  } catch (error) {
    // A parent that has just ended is none any more.
    if (!(error instanceof ReadFailure)) throw error;
  }
  return own;
}

/** By its title (`npm run start`, as npm and pnpm set it), or by the script that Node.js runs. */
function isPackageManager([program = '', script = '']: readonly string[]): boolean {
  return [program.split(' ', 1)[0]!, script].some((word) => PACKAGE_MANAGER.test(posix.basename(word)));
}
