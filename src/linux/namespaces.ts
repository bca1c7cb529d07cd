import { readlinkSync } from 'node:fs';
import { ReadFailure } from '../model/failure.ts';
import { readProcessStat } from './process-stat.ts';

/** Inodes of the namespaces that the machine boots with: PROC_PID_INIT_INO, PROC_USER_INIT_INO of linux/proc_ns.h. */
const initialInode = { pid: 0xeffffffc, user: 0xeffffffd };

/** kthreadd, the parent of all kernel threads, which only the machine's own pid namespace shows. */
const kthreadd = 2;

/** Whether we live in the machine's own namespace of that kind; undefined when /proc/self does not tell. */
export function isInInitialNamespace(procfsPath: string, kind: 'pid' | 'user'): boolean | undefined {
  try {
    const inode = /^\w+:\[(\d+)\]$/.exec(readlinkSync(`${procfsPath}/self/ns/${kind}`))?.[1];
    return inode === undefined ? undefined : Number(inode) === initialInode[kind];
  } catch {
    return undefined; // a procfs of a pid namespace that we are not in has no self
  }
}

/** Whether this procfs shows all processes of the machine, not only those of a container. */
export function showsWholeMachine(procfsPath: string): boolean {
  try {
    if (readProcessStat(procfsPath, kthreadd).kernelThread) return true;
  } catch (error) {
    if (!(error instanceof ReadFailure)) throw error;
  }
  // With hidepid kthreadd is there and hidden.
  return isInInitialNamespace(procfsPath, 'pid') === true;
}
