import type { CgroupVitals } from '../model/vitals.ts';
import { cgroupVitals, parseCount, parseKey } from './cgroup-counts.ts';

/** No limit is PAGE_COUNTER_MAX x page size, near 2^63; no machine has 2^60 bytes, so that is not one either. */
const UNLIMITED_BYTES = 2 ** 60;

/**
 * Reads the memory controller of cgroup version 1 (kernel document admin-guide/cgroup-v1/memory) through `read`, which
 * gives a file of the cgroup's folder or undefined. `oom_kill` counts kills in this very cgroup, since Linux 4.13.
 */
export function readCgroupV1(read: (file: string) => string | undefined): CgroupVitals | undefined {
  const limitBytes = parseCount(read('memory.limit_in_bytes'));
  return cgroupVitals({
    usageBytes: parseCount(read('memory.usage_in_bytes')),
    inactiveFileBytes: parseKey(read('memory.stat'), 'total_inactive_file'),
    limitBytes: limitBytes !== undefined && limitBytes < UNLIMITED_BYTES ? limitBytes : undefined,
    oomKills: parseKey(read('memory.oom_control'), 'oom_kill'),
  });
}
