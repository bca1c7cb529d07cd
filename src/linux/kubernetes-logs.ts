// The names that kubelet gives to the logs of a node; the logs themselves are not opened here. pkg/kubelet/kuberuntime of
// Kubernetes 1.34: legacy.go (logSymlink) and helpers.go (BuildPodLogsDirectory), the same since 1.14.
import { type Dir, opendirSync } from 'node:fs';
import { join } from 'node:path';
import type { KubernetesIdentity } from '../model/target.ts';

/** kubelet starts 110 pods on a node unless it is told otherwise, and removes the logs of those that are gone. */
const MOST_NAMES = 20_000;

const POD = '[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?';
const LABEL = '[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?';
/** A name of more than 255 bytes is cut, the id first: it does not fit then. */
const CONTAINER_LOG = new RegExp(`^(${POD})_(${LABEL})_(${LABEL})-([0-9a-f]{64})\\.log$`);
const POD_LOGS = new RegExp(`^(${LABEL})_(${POD})_([-0-9a-f]{32,36})$`);
const WHOLE_POD = new RegExp(`^${POD}$`);
const WHOLE_LABEL = new RegExp(`^${LABEL}$`);

/** A container's or a pod's names, with the id that they belong to. */
interface Named extends KubernetesIdentity {
  readonly id: string;
}

/** Parses a name in /var/log/containers: `<pod>_<namespace>_<container>-<container id>.log`. */
export function parseContainerLog(name: string): Named | undefined {
  const [, pod, namespace, container, id] = CONTAINER_LOG.exec(name) ?? [];
  if (pod === undefined || namespace === undefined || container === undefined || id === undefined) return undefined;
  return { namespace, pod, container, id };
}

/** Parses a name in /var/log/pods: `<namespace>_<pod>_<pod's uid>`. */
export function parsePodLogs(name: string): Named | undefined {
  const [, namespace, pod, id] = POD_LOGS.exec(name) ?? [];
  return namespace === undefined || pod === undefined || id === undefined ? undefined : { namespace, pod, id };
}

/** Names that Kubernetes could have given; undefined for any others, which were not its. */
export function kubernetesIdentity(
  namespace: unknown,
  pod: unknown,
  container?: unknown,
): KubernetesIdentity | undefined {
  if (!isName(namespace, WHOLE_LABEL) || !isName(pod, WHOLE_POD)) return undefined;
  return { namespace, pod, ...(isName(container, WHOLE_LABEL) && { container }) };
}

/** The container of an id by the links to its log; undefined when the node has none. */
export function findContainerLog(rootfsPath: string, containerId: string): KubernetesIdentity | undefined {
  return find(join(rootfsPath, 'var/log/containers'), parseContainerLog, containerId);
}

/** The links to a container's log that kubelet made in a node's /var/log/containers. */
export function containerLogs(folder: string, containerId: string): string[] {
  const names = [...listNames(folder)].filter((name) => name.endsWith(`-${containerId}.log`));
  return names.map((name) => join(folder, name));
}

/** The pod of a uid by the folder of its logs; undefined when the node has none. */
export function findPodLogs(rootfsPath: string, podUid: string): KubernetesIdentity | undefined {
  return find(join(rootfsPath, 'var/log/pods'), parsePodLogs, podUid);
}

function find(
  folder: string,
  parse: (name: string) => Named | undefined,
  wanted: string,
): KubernetesIdentity | undefined {
  for (const name of listNames(folder)) {
    if (!name.includes(wanted)) continue;
    const { id, ...identity } = parse(name) ?? {};
    if (id === wanted) return identity as KubernetesIdentity;
  }
  return undefined;
}

function* listNames(path: string): Generator<string> {
  let folder: Dir;
  try {
    folder = opendirSync(path);
  } catch {
    return; // no Kubernetes here, or it may not be seen
  }
  try {
    for (let count = 0; count < MOST_NAMES; count++) {
      const entry = folder.readSync();
      if (entry === null) return;
      yield entry.name;
    }
  } catch {
    return; // the names behind are not to be had
  } finally {
    folder.closeSync();
  }
}

function isName(text: unknown, pattern: RegExp): text is string {
  return typeof text === 'string' && text.length <= 253 && pattern.test(text);
}
