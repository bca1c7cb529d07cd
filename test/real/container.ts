import { chmodSync, existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { parseCgroupPath } from '../../src/linux/cgroup-path.ts';
import { recordTree } from '../linux/recorded-tree.ts';
import { until } from './until.ts';

const hierarchy = '/sys/fs/cgroup/memory';

/** Whether containers can be made here: as root, with a memory cgroup of version 1 that may be divided. */
export const canMakeContainers = process.getuid?.() === 0 && existsSync(join(hierarchy, 'memory.limit_in_bytes'));

/** A memory cgroup below our own, so that no limit is escaped; it is removed after the test. */
export interface MemoryCgroup {
  readonly folder: string;
  /** Reads a file that holds a number. */
  read(file: string): number;
  /** Reads a line of memory.stat. */
  stat(key: string): number;
}

let count = 0;

/** `parent` is another one, which is made first. */
export function makeMemoryCgroup(limitBytes: number, parent?: MemoryCgroup): MemoryCgroup {
  const own = parseCgroupPath(readFileSync('/proc/self/cgroup', 'utf8'))?.path ?? '/';
  const folder = join(parent?.folder ?? hierarchy + own, `heapwatch-test-${process.pid}-${++count}`);
  mkdirSync(folder);
  onTestFinished(async () => void (await until('the cgroup to be empty', 10_000, () => removed(folder))));
  writeFileSync(join(folder, 'memory.limit_in_bytes'), `${limitBytes}`);
  const text = (file: string) => readFileSync(join(folder, file), 'utf8');
  return {
    folder,
    read: (file) => Number(text(file)),
    stat: (key) => Number(new RegExp(`^${key} (\\d+)$`, 'm').exec(text('memory.stat'))?.[1]),
  };
}

/** Throws as long as there are processes in it. */
function removed(folder: string): true {
  rmdirSync(folder);
  return true;
}

interface ContainerOptions {
  /** What the program runs with its arguments; without it the first of them is what it runs. */
  readonly runs?: string;
  readonly user?: number;
  readonly pidNamespace?: boolean;
}

/**
 * Makes a program that runs its arguments in a container: in this cgroup, with a cgroup, a pid and a mount namespace of
 * its own, which show no more than the container, and as another user. It ends with its container, and the other way.
 */
export function containerProgram(cgroup: MemoryCgroup, options: ContainerOptions = {}): string {
  const { runs = '', user = 0, pidNamespace = true } = options;
  const mounts = [
    ...(pidNamespace ? ['mount -t proc proc /proc'] : []),
    'mount -t tmpfs tmpfs /sys/fs/cgroup',
    `mkdir ${hierarchy}`,
    `mount -t cgroup -o memory cgroup ${hierarchy}`,
  ].join(' && ');
  const namespaces = pidNamespace ? '--cgroup --mount --pid --fork --kill-child' : '--cgroup --mount';
  const as = `setpriv --reuid=${user} --regid=${user} --clear-groups`;
  const tree = recordTree({
    container: `#!/bin/sh
set -e
echo $$ > '${cgroup.folder}/cgroup.procs'
exec unshare ${namespaces} sh -c '${mounts} && exec "$@"' sh ${user === 0 ? '' : as} ${runs} "$@"
`,
  });
  const path = join(tree.path, 'container');
  // The other user runs it.
  for (const one of [tree.path, path]) chmodSync(one, 0o755);
  return path;
}

/** The pid, as we see it, of the first process in a container that a program of the above has started. */
export function pidInside(containerPid: number): number {
  const [pid] = readFileSync(`/proc/${containerPid}/task/${containerPid}/children`, 'utf8').split(' ');
  return Number(pid);
}
