/** Capabilities as bits: bit n is the capability number n of include/uapi/linux/capability.h. */
export interface CapabilitySets {
  /** What the kernel asks for. */
  readonly effective: bigint;
  readonly permitted: bigint;
  /** The most that the process can ever get; a container's `add` for a user other than root ends here. */
  readonly bounding: bigint;
}

const numbers = { DAC_OVERRIDE: 1n, DAC_READ_SEARCH: 2n, SYS_PTRACE: 19n, SYS_ADMIN: 21n, CHECKPOINT_RESTORE: 40n };

/** Those that decide about reading other processes; written without `CAP_`, as Docker and Kubernetes do. */
export type CapabilityName = keyof typeof numbers;

export function hasCapability(set: bigint, name: CapabilityName): boolean {
  return ((set >> numbers[name]) & 1n) === 1n;
}

/** Parses the lines CapEff, CapPrm and CapBnd of /proc/<pid>/status, see proc_pid_status(5); undefined without them. */
export function parseCapabilities(statusText: string): CapabilitySets | undefined {
  const set = (key: string) => {
    const digits = new RegExp(`^${key}:\\t([0-9a-f]{16})$`, 'm').exec(statusText)?.[1];
    return digits === undefined ? undefined : BigInt(`0x${digits}`);
  };
  const [effective, permitted, bounding] = [set('CapEff'), set('CapPrm'), set('CapBnd')];
  if (effective === undefined || permitted === undefined || bounding === undefined) return undefined;
  return { effective, permitted, bounding };
}
