import { ReadFailure } from '../model/failure.ts';
import type { ProcessRef } from '../model/target.ts';
import type { CgroupVitals } from '../model/vitals.ts';
import { cgroupFolder, parseCgroupMounts } from './cgroup-mounts.ts';
import { type CgroupPath, parseCgroupPath } from './cgroup-path.ts';
import { readCgroupV1 } from './cgroup-v1.ts';
import { readCgroupV2 } from './cgroup-v2.ts';
import { readFileStart, readSmallFile } from './small-file.ts';

/** Nodes with many containers have thousands of mounts; those of cgroups are made first, at boot. */
const MOUNTINFO_BYTES = 1024 * 1024;

/** The memory cgroup of one process, found again when the process is moved. */
export interface ProcessCgroup {
  /** About 0.1 ms. What is not visible is absent; never throws for what it reads. */
  read(): CgroupVitals | undefined;
  /** The same for all processes of one cgroup; undefined before the first `read`. Still valid when the process ended. */
  readonly key: string | undefined;
  /** Kills by the out-of-memory killer so far; also after the process ended, as long as its cgroup is there. */
  readOomKills(): number | undefined;
}

/** Costs nothing until the first `read`. */
export function openProcessCgroup(process: ProcessRef): ProcessCgroup {
  const file = `${process.procfsPath}/${process.pid}/cgroup`;
  let membership: string | undefined;
  let location: CgroupLocation | undefined;
  return {
    read() {
      const current = absentOnFailure(() => readSmallFile(file));
      if (current === undefined) return undefined;
      if (current !== membership) {
        membership = current;
        location = locateCgroup(process, current);
      }
      return location && readCgroup(location);
    },
    get key() {
      return location && `${location.version}:${location.path}`;
    },
    readOomKills: () => location && readCgroup(location)?.oomKills,
  };
}

/** A memory cgroup and the folder in which we can read it. */
interface CgroupLocation extends CgroupPath {
  readonly folder: string;
}

/**
 * Looks in our own mounts first. They do not show the cgroup of another container; the target's own mounts do, and they
 * are below /proc/<pid>/root. Both mountinfo files tell their roots from our cgroup namespace, as /proc/<pid>/cgroup does.
 */
function locateCgroup({ procfsPath, pid }: ProcessRef, membership: string): CgroupLocation | undefined {
  const cgroup = parseCgroupPath(membership);
  if (cgroup === undefined) return undefined;
  const views = [
    { mountinfo: `${procfsPath}/self/mountinfo`, root: '' },
    { mountinfo: `${procfsPath}/${pid}/mountinfo`, root: `${procfsPath}/${pid}/root` },
  ];
  for (const { mountinfo, root } of views) {
    const text = absentOnFailure(() => readFileStart(mountinfo, MOUNTINFO_BYTES).toString('utf8'));
    const folder = text === undefined ? undefined : cgroupFolder(parseCgroupMounts(text), cgroup);
    if (folder === undefined) continue;
    const location = { ...cgroup, folder: root + folder };
    if (readCgroup(location) !== undefined) return location;
  }
  return undefined;
}

function readCgroup({ version, folder }: CgroupLocation): CgroupVitals | undefined {
  const read = (file: string) => absentOnFailure(() => readSmallFile(`${folder}/${file}`));
  return version === 1 ? readCgroupV1(read) : readCgroupV2(read);
}

function absentOnFailure(read: () => string): string | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof ReadFailure) return undefined;
    throw error;
  }
}
