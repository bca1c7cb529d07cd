import { findBundle } from '../../linux/container-bundle.ts';
import { findContainerLog, findPodLogs, kubernetesIdentity } from '../../linux/kubernetes-logs.ts';
import { showsWholeMachine } from '../../linux/namespaces.ts';
import type { ContainerIdentity, KubernetesIdentity } from '../../model/target.ts';
import type { EnvironmentIdentity } from './environment-identity.ts';
import type { KubeletPods } from './kubelet-pods.ts';

/** What is known of a process before it is asked what Kubernetes calls it. */
export interface InPod {
  readonly container: Pick<ContainerIdentity, 'id' | 'podUid'> | undefined;
  readonly environment: Pick<EnvironmentIdentity, 'kubernetes'>;
}

/** Says what Kubernetes calls the pod and container around a process; undefined when that is not certain. */
export type KubernetesNames = (process: InPod) => KubernetesIdentity | undefined;

export interface KubernetesOptions {
  readonly procfsPath: string;
  /** Where the node's own files are seen: `/`, or where a pod has mounted them. */
  readonly rootfsPath?: string;
  /** Of heapwatch itself as a sidecar: all processes that it sees are in its pod. */
  readonly ownPod?: Partial<KubernetesIdentity>;
  /** The pods of this node as its kubelet lists them. */
  readonly kubelet?: KubeletPods;
}

/**
 * Asks first what the node itself wrote down, then what it was told, and the process last: any program can claim names in
 * its environment, and on a whole node only one whose cgroup is a pod's is believed.
 */
export function createKubernetesNames(options: KubernetesOptions): KubernetesNames {
  const { procfsPath, rootfsPath = '/', kubelet } = options;
  const { namespace, pod, container } = options.ownPod ?? {};
  const ownPod = kubernetesIdentity(namespace, pod, container);
  return ({ container: { id, podUid } = {}, environment }) => {
    const ofContainer = id && (findContainerLog(rootfsPath, id) ?? findBundle(rootfsPath, id) ?? kubelet?.find(id));
    if (ofContainer) return ofContainer;
    const ofPod = podUid && findPodLogs(rootfsPath, podUid);
    if (ofPod) return ofPod;
    // In the pid namespace of the machine most processes are strangers, and some are in no pod at all.
    if (!showsWholeMachine(procfsPath)) return ownPod ?? environment.kubernetes;
    return podUid === undefined ? undefined : environment.kubernetes;
  };
}
