import { posix } from 'node:path';
import { absentOnFailure } from '../model/failure.ts';
import type { ProcessRef } from '../model/target.ts';
import type { CgroupVitals } from '../model/vitals.ts';
import { type CgroupFolder, cgroupFolder, parseCgroupMounts } from './cgroup-mounts.ts';
import { type CgroupPath, parseCgroupPath } from './cgroup-path.ts';
import { readCgroupV1, readOomKillsV1, readOuterCgroupV1 } from './cgroup-v1.ts';
import { readCgroupV2, readOomKillsV2, readOuterCgroupV2 } from './cgroup-v2.ts';
import { containerOfPaths } from './container-path.ts';
import { type FilePlace, findPlace, isInPlace } from './file-place.ts';
import { readFileStart, readSmallFile } from './small-file.ts';

/** Nodes with many containers have thousands of mounts; those of cgroups are made first, at boot. */
const MOUNTINFO_BYTES = 1024 * 1024;
/** Deeper ones are read without those farther out: each costs a file in every round. */
const MOST_ANCESTORS = 16;

/** Counts kills by the out-of-memory killer. */
export interface OomKillCounter {
  /** The same for all processes of one cgroup. */
  readonly key: string;
  /** So far; also after the process ended, as long as the cgroup is there. */
  readOomKills(): number | undefined;
  /** For `readOomKillsAt`; undefined when the cgroup is gone. */
  place(): FilePlace | undefined;
}

/**
 * What a cgroup has counted by now, `key` and `place` being those of its counter. Undefined when it is gone, also when
 * another one bears its name: that has counted from 0.
 */
export function readOomKillsAt(key: string, place: FilePlace): number | undefined {
  if (!isInPlace(place)) return undefined;
  const read = reader(place.path);
  return key.startsWith('1:') ? readOomKillsV1(read) : readOomKillsV2(read);
}

/** The memory cgroup of one process, found again when the process is moved. */
export interface ProcessCgroup {
  /** About 0.1 ms. What is not visible is absent; never throws for what it reads. */
  read(): CgroupVitals | undefined;
  /** Undefined before the first `read`, and where no cgroup is visible. */
  readonly own: OomKillCounter | undefined;
  /**
   * The pod around it, where that counts for all below: version 2. The cgroup of a container is removed within a second of
   * its death; the pod still knows. Other cgroups around it (`/docker`, `/system.slice`) count the kills of strangers.
   */
  readonly outer: OomKillCounter | undefined;
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
      return location && readWithAncestors(location);
    },
    get own() {
      return location && ownCounter(location);
    },
    get outer() {
      return location && outerCounter(location);
    },
  };
}

/** A memory cgroup and the folder in which we can read it. */
interface CgroupLocation extends CgroupPath, CgroupFolder {}

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
    const found = text === undefined ? undefined : cgroupFolder(parseCgroupMounts(text), cgroup);
    if (found === undefined) continue;
    const location = { ...cgroup, folder: root + found.folder, top: root + found.top };
    if (readCgroup(location) !== undefined) return location;
  }
  return undefined;
}

function readCgroup({ version, folder }: CgroupLocation): CgroupVitals | undefined {
  return version === 1 ? readCgroupV1(reader(folder)) : readCgroupV2(reader(folder));
}

function readWithAncestors(location: CgroupLocation): CgroupVitals | undefined {
  const own = readCgroup(location);
  if (own === undefined) return undefined;
  let least = headroom(own);
  let binding: CgroupVitals['bindingAncestor'];
  for (const folder of ancestors(location)) {
    const outer = location.version === 1 ? readOuterCgroupV1(reader(folder)) : readOuterCgroupV2(reader(folder));
    if (outer?.limitBytes === undefined || headroom(outer) >= least) continue;
    least = headroom(outer);
    binding = { usageBytes: outer.usageBytes, workingSetBytes: outer.workingSetBytes, limitBytes: outer.limitBytes };
  }
  return { ...own, ...(binding && { bindingAncestor: binding }) };
}

/** Bytes until the limit: in which cgroup a growth that counts in all of them meets a limit first. */
function headroom({ limitBytes = Number.POSITIVE_INFINITY, workingSetBytes }: CgroupVitals): number {
  return limitBytes - workingSetBytes;
}

/** The folders of the cgroups around it that the same mount shows, from the inside. */
function ancestors({ folder, top }: CgroupFolder): string[] {
  const found: string[] = [];
  for (let inner = folder; inner !== top && found.length < MOST_ANCESTORS; ) {
    inner = posix.dirname(inner);
    found.push(inner);
  }
  return found;
}

function ownCounter(location: CgroupLocation): OomKillCounter {
  const { version, path, folder } = location;
  return {
    key: `${version}:${path}`,
    readOomKills: () => readCgroup(location)?.oomKills,
    place: () => findPlace(folder),
  };
}

function outerCounter(location: CgroupLocation): OomKillCounter | undefined {
  const [folder] = ancestors(location);
  const path = posix.dirname(location.path);
  if (location.version === 1 || folder === undefined || !isPod(path)) return undefined;
  return { key: `2:${path}`, readOomKills: () => readOomKillsV2(reader(folder)), place: () => findPlace(folder) };
}

/** By its own name: what is below a pod says as well in which one it is. */
function isPod(path: string): boolean {
  const { podUid, id } = containerOfPaths([posix.basename(path)]);
  return podUid !== undefined && id === undefined;
}

function reader(folder: string) {
  return (file: string) => absentOnFailure(() => readSmallFile(`${folder}/${file}`));
}
