import type { ContainerIdentity } from '../model/target.ts';

/** What a cgroup path tells of the container around a process. */
type PathIdentity = Pick<ContainerIdentity, 'id' | 'podUid' | 'unit'>;

/**
 * Docker, containerd, CRI-O and podman name a container's cgroup by its id of 64 hexadecimal digits: alone (cgroupfs
 * driver), as `cri-containerd-<id>.scope` (systemd driver), or as `kubepods-....slice:cri-containerd:<id>` where kubelet
 * and containerd disagree on the driver. `crio-conmon-<id>.scope` holds the container's monitor, not the container.
 */
const CONTAINER = /^(?!.*conmon)(?:[\w.:-]*[-:])?([0-9a-f]{64})(?:\.scope)?$/;

/** kubelet: `pod<uid>`, or `kubepods-burstable-pod<uid>.slice` with `_` for `-`; a static pod's uid is a plain hash. */
const POD = /(?:^|-)pod([0-9a-f]{8}(?:[-_][0-9a-f]{4}){3}[-_][0-9a-f]{12}|[0-9a-f]{32})(?:\.slice)?(?::|$)/;

const UNIT = /.\.(?:service|scope)$/;

/** The paths in a /proc/<pid>/cgroup, of all hierarchies of both versions, each once; see cgroups(7). */
export function parseCgroupPaths(text: string): string[] {
  const paths = [...text.matchAll(/^\d+:[^:\n]*:(\/.*)$/gm)].map(([, path]) => path!.replace(/ \(deleted\)$/, ''));
  return [...new Set(paths)];
}

/**
 * Says what a process's cgroup paths tell. The innermost container counts, and the innermost systemd unit inside of it:
 * a unit around a container is that of its engine.
 */
export function containerOfPaths(paths: readonly string[]): PathIdentity {
  const [best = {}] = paths.map(containerOfPath).sort((a, b) => weight(b) - weight(a));
  return best;
}

/** The memory controller may be in a hierarchy of another depth than systemd's: the path that says most is the process's. */
function weight({ id, podUid, unit }: PathIdentity): number {
  return (id === undefined ? 0 : 4) + (podUid === undefined ? 0 : 2) + (unit === undefined ? 0 : 1);
}

function containerOfPath(path: string): PathIdentity {
  const segments = path.split('/');
  const containerAt = segments.findLastIndex((segment) => CONTAINER.test(segment));
  const id = CONTAINER.exec(segments[containerAt] ?? '')?.[1];
  const podUid = segments.map((segment) => POD.exec(segment)?.[1]).findLast((uid) => uid !== undefined);
  const unit = segments.slice(containerAt + 1).findLast((segment) => UNIT.test(segment));
  return {
    ...(id !== undefined && { id }),
    ...(podUid !== undefined && { podUid: podUid.replaceAll('_', '-') }),
    ...(unit !== undefined && { unit }),
  };
}
