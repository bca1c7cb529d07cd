import { constants } from 'node:fs';
import { readSmallFile } from '../linux/small-file.ts';
import { absentOnFailure } from '../model/failure.ts';

const DESCRIPTOR = /^(.*\/\d+)\/fd\/(\d+)$/;

/**
 * Whether the file that we opened by /proc/<pid>/fd/<n> is one that the process has open for writing. It may have any file
 * there that it can name, also one that it may not read (O_PATH), for us to read it: that is no log of it. Another path
 * than such a one tells of no descriptor: true.
 */
export function isWrittenThere(path: string, ourFile: number): boolean {
  const [, process, descriptor] = DESCRIPTOR.exec(path) ?? [];
  if (process === undefined) return true;
  const theirs = readInfo(`${process}/fdinfo/${descriptor}`);
  const ours = readInfo(`/proc/self/fdinfo/${ourFile}`);
  // The process may have put another file there since we opened it.
  const isSame = theirs !== undefined && theirs.mount === ours?.mount && theirs.inode === ours?.inode;
  return isSame && (theirs.flags & (constants.O_WRONLY | constants.O_RDWR)) !== 0;
}

/** See proc_pid_fdinfo(5); `ino` since Linux 5.14. */
function readInfo(path: string) {
  const text = absentOnFailure(() => readSmallFile(path));
  if (text === undefined) return undefined;
  const field = (name: string) => new RegExp(`^${name}:\\s*(\\d+)$`, 'm').exec(text)?.[1];
  return { flags: Number.parseInt(field('flags') ?? '0', 8), mount: field('mnt_id'), inode: field('ino') };
}
