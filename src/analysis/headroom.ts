import type { Vitals } from '../model/vitals.ts';

/**
 * Bytes that a process and its cgroups can take before the kernel kills: the least of what is left until each limit that is
 * seen. Undefined when the cgroup is not seen, as its limit may be any.
 */
export function killHeadroom(vitals: Vitals | undefined, nodeAvailableBytes: number | undefined): number | undefined {
  const { cgroup } = vitals ?? {};
  if (cgroup === undefined || nodeAvailableBytes === undefined) return undefined;
  const limits = [cgroup, ...(cgroup.bindingAncestor ? [cgroup.bindingAncestor] : [])];
  const left = limits.map(({ limitBytes = Number.POSITIVE_INFINITY, workingSetBytes }) => limitBytes - workingSetBytes);
  return Math.max(0, Math.min(nodeAvailableBytes, ...left));
}
