import { closeSync, constants, fchownSync, fstatSync, openSync, unlinkSync } from 'node:fs';
import { fileFailure } from '../../../linux/file-failure.ts';
import { ReadFailure } from '../../../model/failure.ts';
import type { AttachableJvm } from './attachable-jvm.ts';

const { O_RDONLY, O_WRONLY, O_CREAT, O_EXCL, O_DIRECTORY, O_NOFOLLOW } = constants;
/** O_PATH of asm-generic/fcntl.h, which node:fs does not name: the file itself, whatever it is, not opened. */
const O_PATH = 0o10000000;

/**
 * The folder in which a JVM and those who ask it find each other: the /tmp that the JVM sees, whatever java.io.tmpdir says.
 * It is the target's to arrange, so no link is followed: it could lead to files and sockets of our own root.
 */
export interface TargetFolder {
  /** A path to the JVM's socket that always means the file that was checked; undefined when there is none. */
  openSocket(): { readonly path: string; close(): void } | undefined;
  /** Makes the file that tells the JVM, at its next SIGQUIT, to listen instead of printing its threads. */
  makeTrigger(): { remove(): void };
  close(): void;
}

/** Throws `unreadable` when /tmp is a link, and as `fileFailure` does. */
export function openTargetFolder(jvm: AttachableJvm): TargetFolder {
  const { procfsPath, pid } = jvm.process;
  const folder = open(`${procfsPath}/${pid}/root/tmp`, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  const inFolder = (name: string) => `/proc/self/fd/${folder}/${name}${jvm.innerPid}`;
  return {
    openSocket() {
      const socket = openSocketFile(inFolder('.java_pid'), jvm);
      return socket === undefined ? undefined : { path: `/proc/self/fd/${socket}`, close: () => closeSync(socket) };
    },
    makeTrigger() {
      const path = inFolder('.attach_pid');
      const file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
      const remove = () => removeFile(path);
      try {
        // The JVM trusts only what its own user made.
        fchownSync(file, jvm.uid, jvm.gid);
      } catch (error) {
        remove();
        throw fileFailure(error, path);
      } finally {
        closeSync(file);
      }
      return { remove };
    },
    close: () => closeSync(folder),
  };
}

/** Of the JVM's own user and a socket: what a container left behind under the same pid may be anyone's. */
function openSocketFile(path: string, jvm: AttachableJvm): number | undefined {
  let file: number;
  try {
    file = openSync(path, O_PATH | O_NOFOLLOW);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw fileFailure(error, path);
  }
  const stat = fstatSync(file);
  if (stat.isSocket() && stat.uid === jvm.uid) return file;
  closeSync(file);
  throw new ReadFailure(
    'unreadable',
    `the file .java_pid${jvm.innerPid} in its /tmp is no socket of the JVM's own user: nothing is asked`,
  );
}

function open(path: string, flags: number, mode?: number): number {
  try {
    return openSync(path, flags, mode);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') {
      throw new ReadFailure('busy', 'another tool asks this JVM just now: a file .attach_pid is in its /tmp');
    }
    if (code === 'ELOOP' || code === 'ENOTDIR') {
      throw new ReadFailure('unreadable', 'the /tmp of this JVM is a link, which is not followed');
    }
    throw fileFailure(error, path);
  }
}

function removeFile(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw fileFailure(error, path);
  }
}
