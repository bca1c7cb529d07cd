import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { parseCgroupPath } from '../../src/linux/cgroup-path.ts';
import type { KubernetesIdentity } from '../../src/model/target.ts';
import { type RecordedTree, recordTree } from '../linux/recorded-tree.ts';
import { type Program, startProgram } from './program.ts';
import { until } from './until.ts';

const hierarchies = { v1: ['/sys/fs/cgroup/memory', '/sys/fs/cgroup/systemd'], v2: ['/sys/fs/cgroup/unified'] };

/** Whether both versions' cgroups can be made here: as root, on a machine that has both mounted. */
export const canSimulateNode =
  process.getuid?.() === 0 &&
  ['/sys/fs/cgroup/memory/memory.limit_in_bytes', '/sys/fs/cgroup/unified/cgroup.procs'].every((path) =>
    existsSync(path),
  );

interface Ids {
  readonly qos: '' | 'burstable' | 'besteffort';
  readonly uid: string;
  readonly id: string;
}

/** How kubelet and an engine shape a container's cgroup, and where they write down its names. */
export interface Layout {
  readonly version: keyof typeof hierarchies;
  cgroup(ids: Ids): string;
  names(ids: Ids, identity: Required<KubernetesIdentity>): Readonly<Record<string, string>>;
}

const plain = ({ qos, uid }: Ids) => join('/kubepods', qos, `pod${uid}`);
function slices({ qos, uid }: Ids): string {
  const outer = qos === '' ? 'kubepods' : `kubepods-${qos}`;
  const pod = `${outer}-pod${uid.replaceAll('-', '_')}.slice`;
  return qos === '' ? `/kubepods.slice/${pod}` : `/kubepods.slice/${outer}.slice/${pod}`;
}

const link: Layout['names'] = ({ id }, { namespace, pod, container }) => ({
  [`var/log/containers/${pod}_${namespace}_${container}-${id}.log`]: '',
});
const containerd: Layout['names'] = ({ id }, { namespace, pod, container }) => ({
  [`run/containerd/io.containerd.runtime.v2.task/k8s.io/${id}/config.json`]: JSON.stringify({
    annotations: {
      'io.kubernetes.cri.container-name': container,
      'io.kubernetes.cri.sandbox-name': pod,
      'io.kubernetes.cri.sandbox-namespace': namespace,
    },
  }),
});
const crio: Layout['names'] = ({ id }, { namespace, pod, container }) => ({
  [`run/containers/storage/overlay-containers/${id}/userdata/config.json`]: JSON.stringify({
    annotations: {
      'io.kubernetes.container.name': container,
      'io.kubernetes.pod.name': pod,
      'io.kubernetes.pod.namespace': namespace,
    },
  }),
});

export const layouts: Readonly<Record<string, Layout>> = {
  'version 1, cgroupfs': { version: 'v1', cgroup: (ids) => `${plain(ids)}/${ids.id}`, names: link },
  'version 1, systemd': { version: 'v1', cgroup: (ids) => `${slices(ids)}/crio-${ids.id}.scope`, names: crio },
  'version 2, cgroupfs': { version: 'v2', cgroup: (ids) => `${plain(ids)}/crio-${ids.id}`, names: link },
  'version 2, systemd': {
    version: 'v2',
    cgroup: (ids) => `${slices(ids)}/cri-containerd-${ids.id}.scope`,
    names: containerd,
  },
};

/** A node with real processes in real cgroups; all of it goes with the test. */
export interface SimulatedNode {
  /** What --path.rootfs is given. */
  readonly rootfs: RecordedTree;
  /** Starts a container. Answers its pid as we see it. */
  start(layout: Layout, identity: Required<KubernetesIdentity>): Promise<number>;
  /** Starts a process in a cgroup of whatever path. */
  startIn(version: Layout['version'], cgroup: string): Promise<number>;
  /** Makes the container's cgroups, writes down its names, and moves a process there. */
  move(pid: number, layout: Layout, identity: Required<KubernetesIdentity>): void;
}

export async function startNode(python: string): Promise<SimulatedNode> {
  const rootfs = recordTree({});
  const made: string[] = [];
  // Last in, first out: the processes end before this.
  onTestFinished(() => until('the cgroups to be empty', 30_000, () => removeAll(made)).then(() => undefined));
  const program: Program = await startProgram(python, 'pods.py');
  let users = 20_000;

  function makeFolders(version: Layout['version'], cgroup: string): string[] {
    return hierarchies[version].map((hierarchy) => {
      const top = join(hierarchy, ownCgroup(hierarchy), `heapwatch-node-${process.pid}`);
      const folder = join(top, cgroup);
      makeCgroup(folder, made);
      return folder;
    });
  }

  function prepare(layout: Layout, identity: Required<KubernetesIdentity>): string[] {
    const ids = idsOf(identity);
    rootfs.write(layout.names(ids, identity));
    return makeFolders(layout.version, layout.cgroup(ids));
  }

  async function run(folders: readonly string[]): Promise<number> {
    return (await program.ask<{ pid: number }>(`start ${users++} ${folders.join(' ')}`)).pid;
  }

  return {
    rootfs,
    start: (layout, identity) => run(prepare(layout, identity)),
    startIn: (version, cgroup) => run(makeFolders(version, cgroup)),
    move(pid, layout, identity) {
      for (const folder of prepare(layout, identity)) writeFileSync(join(folder, 'cgroup.procs'), String(pid));
    },
  };
}

/** Made of the names, as Kubernetes' are random. */
function idsOf({ namespace, pod, container }: Required<KubernetesIdentity>): Ids {
  const hash = (text: string) => createHash('sha256').update(text).digest('hex');
  const uid = hash(`${namespace}/${pod}`).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5');
  const qos = (['', 'burstable', 'besteffort'] as const)[Number.parseInt(uid[0]!, 16) % 3]!;
  return { qos, uid, id: hash(`${namespace}/${pod}/${container}`) };
}

/** Below our own, where the hierarchy accounts for memory: no limit is escaped. */
function ownCgroup(hierarchy: string): string {
  if (!hierarchy.endsWith('/memory')) return '/';
  return parseCgroupPath(readFileSync('/proc/self/cgroup', 'utf8'))?.path ?? '/';
}

function makeCgroup(folder: string, made: string[]): void {
  if (existsSync(folder)) return;
  makeCgroup(dirname(folder), made);
  mkdirSync(folder);
  made.push(folder);
}

/** Throws as long as there are processes in one of them. */
function removeAll(made: string[]): true {
  for (let folder = made.at(-1); folder !== undefined; folder = made.at(-1)) {
    rmdirSync(folder);
    made.pop();
  }
  return true;
}
