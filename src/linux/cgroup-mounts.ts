import { posix } from 'node:path';
import type { CgroupPath } from './cgroup-path.ts';

/** A mount of the hierarchy that accounts for memory. */
export interface CgroupMount {
  readonly version: 1 | 2;
  /** Which cgroup the mount shows at its top, seen from our own cgroup namespace. */
  readonly root: string;
  readonly mountPoint: string;
}

/**
 * Parses the cgroup mounts of /proc/<pid>/mountinfo, see proc_pid_mountinfo(5):
 * `35 31 0:32 /root /mount/point rw,relatime optional... - cgroup cgroup rw,memory`.
 */
export function parseCgroupMounts(text: string): CgroupMount[] {
  const mounts: CgroupMount[] = [];
  for (const line of text.split('\n')) {
    const [before, after] = line.split(' - ');
    const [, , , root, mountPoint] = before?.split(' ') ?? [];
    const [type, , superOptions] = after?.split(' ') ?? [];
    if (root === undefined || mountPoint === undefined) continue;
    const version = type === 'cgroup2' ? 2 : type === 'cgroup' && superOptions?.split(',').includes('memory') ? 1 : 0;
    if (version !== 0) mounts.push({ version, root: decodeOctal(root), mountPoint: decodeOctal(mountPoint) });
  }
  return mounts;
}

/** Where a cgroup can be read. */
export interface CgroupFolder {
  readonly folder: string;
  /** The outermost cgroup that the same mount shows. */
  readonly top: string;
}

/** The folder of a cgroup below one of these mounts; undefined when none of them shows it. */
export function cgroupFolder(mounts: readonly CgroupMount[], { version, path }: CgroupPath): CgroupFolder | undefined {
  for (const mount of mounts) {
    if (mount.version !== version) continue;
    const root = mount.root === '/' ? '' : mount.root;
    if (path !== mount.root && !path.startsWith(`${root}/`)) continue;
    const below = path.slice(root.length).replace(/\/$/, '');
    // Outside of our namespace's root: /../app is not below a mount of /.
    if (below.split('/').includes('..')) continue;
    return { folder: posix.join(mount.mountPoint, below), top: mount.mountPoint };
  }
  return undefined;
}

/** Space, tab, newline and backslash are written in octal: `\040`. */
function decodeOctal(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}
