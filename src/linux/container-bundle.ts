// The config.json of the Open Containers Initiative's runtime specification, which containerd and CRI-O write for each
// container that they start, with what Kubernetes calls it among the annotations: containerd's
// internal/cri/annotations (1.6 to 2.1), CRI-O's pkg/annotations (1.24 to 1.34).
import { join } from 'node:path';
import { absentOnFailure } from '../model/failure.ts';
import type { KubernetesIdentity } from '../model/target.ts';
import { kubernetesIdentity } from './kubernetes-logs.ts';
import { readSmallFile } from './small-file.ts';

/** It holds the environment too; a container's is bounded by what exec(2) takes. */
const CONFIG_BYTES = 4 * 1024 * 1024;

/** Where the engines keep it below a node's root: containerd, that of k3s, CRI-O with its state in memory or on disk. */
const places: readonly ((id: string) => string)[] = [
  (id) => `run/containerd/io.containerd.runtime.v2.task/k8s.io/${id}/config.json`,
  (id) => `run/k3s/containerd/io.containerd.runtime.v2.task/k8s.io/${id}/config.json`,
  (id) => `run/containers/storage/overlay-containers/${id}/userdata/config.json`,
  (id) => `var/lib/containers/storage/overlay-containers/${id}/userdata/config.json`,
];

/** Picks the names from a config.json; undefined for a container that Kubernetes did not start. */
export function parseBundle(text: string): KubernetesIdentity | undefined {
  const annotations = annotationsOf(text);
  const pick = (containerd: string, crio: string) =>
    annotations[`io.kubernetes.cri.${containerd}`] ?? annotations[`io.kubernetes.${crio}`];
  return kubernetesIdentity(
    pick('sandbox-namespace', 'pod.namespace'),
    pick('sandbox-name', 'pod.name'),
    pick('container-name', 'container.name'),
  );
}

/** The container of an id by what its engine wrote; undefined when that may not be seen. */
export function findBundle(rootfsPath: string, containerId: string): KubernetesIdentity | undefined {
  for (const place of places) {
    const text = absentOnFailure(() => readSmallFile(join(rootfsPath, place(containerId)), CONFIG_BYTES));
    if (text !== undefined) return parseBundle(text);
  }
  return undefined;
}

function annotationsOf(text: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(text)?.annotations ?? {};
  } catch {
    return {}; // half written, or no bundle
  }
}
