import type { CgroupVitals } from '../model/vitals.ts';
import { cgroupVitals, parseCount, parseKey } from './cgroup-counts.ts';

/**
 * Reads the memory controller of cgroup version 2 (kernel document admin-guide/cgroup-v2) through `read`, which gives a
 * file of the cgroup's folder or undefined. The root cgroup has none of these files: it is absent.
 */
export function readCgroupV2(read: (file: string) => string | undefined): CgroupVitals | undefined {
  return cgroupVitals({
    usageBytes: parseCount(read('memory.current')),
    inactiveFileBytes: parseKey(read('memory.stat'), 'inactive_file'),
    // `max` is no number: absent.
    limitBytes: parseCount(read('memory.max')),
    oomKills: parseKey(read('memory.events'), 'oom_kill'),
  });
}
