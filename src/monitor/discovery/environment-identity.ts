import { kubernetesIdentity } from '../../linux/kubernetes-logs.ts';
import type { KubernetesIdentity } from '../../model/target.ts';
import { parseResourceAttributes } from './resource-attributes.ts';

/** The only variables of a target that are read. */
export const IDENTITY_VARIABLES: ReadonlySet<string> = new Set([
  'HEAPWATCH',
  'OTEL_SERVICE_NAME',
  'OTEL_RESOURCE_ATTRIBUTES',
  'KUBERNETES_SERVICE_HOST',
  'HOSTNAME',
  'POD_NAME',
  'POD_NAMESPACE',
]);

/** What a process's environment says of it; what it does not say is absent. Hostile text, neither cleaned nor cut. */
export interface EnvironmentIdentity {
  /** It asks not to be watched. */
  readonly optedOut: boolean;
  readonly serviceName?: string | undefined;
  readonly serviceNamespace?: string | undefined;
  /** The workload that made the pod (a Deployment's name, say), else the container's own name. */
  readonly workloadName?: string | undefined;
  readonly containerName?: string | undefined;
  readonly namespace?: string | undefined;
  /** As the downward API or OpenTelemetry's operator put it there, when it is in a pod. */
  readonly kubernetes?: KubernetesIdentity | undefined;
}

/** As OpenTelemetry's semantic conventions and the Kubernetes operator of it name them, the widest name first. */
const WORKLOADS = ['deployment', 'statefulset', 'daemonset', 'cronjob', 'job'].map((kind) => `k8s.${kind}.name`);

export function parseEnvironmentIdentity(environment: ReadonlyMap<string, string>): EnvironmentIdentity {
  const attributes = parseResourceAttributes(environment.get('OTEL_RESOURCE_ATTRIBUTES') ?? '');
  const containerName = attributes.get('k8s.container.name') ?? attributes.get('container.name');
  return {
    optedOut: environment.get('HEAPWATCH')?.trim().toLowerCase() === 'off',
    serviceName: environment.get('OTEL_SERVICE_NAME')?.trim() || attributes.get('service.name'),
    serviceNamespace: attributes.get('service.namespace'),
    workloadName:
      WORKLOADS.map((name) => attributes.get(name)).find((name) => name) ??
      workloadOfEnvironment(environment) ??
      containerName,
    containerName,
    namespace: attributes.get('k8s.namespace.name') ?? environment.get('POD_NAMESPACE'),
    // kubelet gives this variable to every container; without it the others mean something else.
    kubernetes: environment.has('KUBERNETES_SERVICE_HOST')
      ? kubernetesIdentity(
          attributes.get('k8s.namespace.name') ?? environment.get('POD_NAMESPACE'),
          attributes.get('k8s.pod.name') ?? environment.get('POD_NAME'),
          attributes.get('k8s.container.name'),
        )
      : undefined,
  };
}

/** The letters that Kubernetes makes names of (apimachinery's util/rand): no vowels, so that hardly a word looks like it. */
const RANDOM = '[bcdfghjklmnpqrstvwxz2456789]';
/** `<deployment>-<hash>-<random>`, `<cronjob>-<time>-<random>`, `<daemonset>-<random>`. */
const MADE_UP = new RegExp(`^(.+?)(?:-${RANDOM}{6,10}|-\\d{8,10})?-${RANDOM}{5}$`);
/** `<statefulset>-<number>`. */
const NUMBERED = /^(.+)-\d{1,5}$/;

/**
 * A pod's name is its workload's and what makes it unique. It is in POD_NAME by custom, and in HOSTNAME; but there a pod in
 * the node's network has the node's name, and nodes are numbered as stateful pods are.
 */
function workloadOfEnvironment(environment: ReadonlyMap<string, string>): string | undefined {
  const podName = environment.get('POD_NAME')?.slice(0, 253);
  if (podName) return workloadOfPod(podName);
  if (!environment.has('KUBERNETES_SERVICE_HOST')) return undefined;
  return MADE_UP.exec(environment.get('HOSTNAME')?.slice(0, 253) ?? '')?.[1];
}

/** The workload that a pod's name was made of; the pod itself when it was made by hand. */
export function workloadOfPod(podName: string): string {
  return MADE_UP.exec(podName)?.[1] ?? NUMBERED.exec(podName)?.[1] ?? podName;
}
