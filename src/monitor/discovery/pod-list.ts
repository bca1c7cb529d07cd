import { kubernetesIdentity } from '../../linux/kubernetes-logs.ts';
import type { KubernetesIdentity } from '../../model/target.ts';

/** The parts of a core/v1 PodList that are looked at; anything may be missing, or be something else. */
interface PodList {
  readonly items?: readonly {
    readonly metadata?: { readonly namespace?: unknown; readonly name?: unknown };
    readonly status?: Readonly<Record<string, unknown>>;
  }[];
}

const STATUSES = ['initContainerStatuses', 'containerStatuses', 'ephemeralContainerStatuses'];
/** With its engine: `containerd://4f5c...`. */
const CONTAINER_ID = /^[a-z-]+:\/\/([0-9a-f]{64})$/;

/** The names of all running containers, by id. Throws `SyntaxError` for what is no JSON. */
export function parsePodList(text: string): Map<string, KubernetesIdentity> {
  const names = new Map<string, KubernetesIdentity>();
  for (const { metadata, status } of listOf((JSON.parse(text) as PodList | null)?.items)) {
    for (const container of STATUSES.flatMap((key) => listOf(status?.[key]))) {
      const id = CONTAINER_ID.exec(String(container.containerID))?.[1];
      const identity = kubernetesIdentity(metadata?.namespace, metadata?.name, container.name);
      if (id !== undefined && identity?.container !== undefined) names.set(id, identity);
    }
  }
  return names;
}

// biome-ignore lint/suspicious/noExplicitAny: what came over the network has any shape
function listOf(value: unknown): any[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'object' && item !== null) : [];
}
