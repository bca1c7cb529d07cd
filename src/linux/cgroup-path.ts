/** The cgroup that accounts for a process's memory. */
export interface CgroupPath {
  readonly version: 1 | 2;
  /** Seen from our own cgroup namespace: `/../app` is a sibling of our root. */
  readonly path: string;
}

/**
 * Parses /proc/<pid>/cgroup, see cgroups(7): lines of `hierarchy:controllers:path`. When a version 1 hierarchy has the
 * memory controller then version 2 cannot have it, also where both are mounted.
 */
export function parseCgroupPath(text: string): CgroupPath | undefined {
  let unified: string | undefined;
  for (const line of text.split('\n')) {
    const [, hierarchy, controllers, path] = /^(\d+):([^:]*):(\/.*)$/.exec(line) ?? [];
    if (path === undefined || path.endsWith(' (deleted)')) continue;
    if (controllers?.split(',').includes('memory')) return { version: 1, path };
    if (hierarchy === '0') unified = path;
  }
  return unified === undefined ? undefined : { version: 2, path: unified };
}
