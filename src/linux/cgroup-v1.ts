import type { CgroupVitals } from '../model/vitals.ts';
import { type CgroupFileReader, cgroupVitals, parseCount, parseKey } from './cgroup-counts.ts';

/** No limit is PAGE_COUNTER_MAX x page size, near 2^63; no machine has 2^60 bytes, so that is not one either. */
const UNLIMITED_BYTES = 2 ** 60;

/**
 * Reads the memory controller of cgroup version 1 (kernel document admin-guide/cgroup-v1/memory). `oom_kill` counts kills
 * in this very cgroup, since Linux 4.13. The root has the same files, but they tell of the whole machine: it is absent.
 */
export function readCgroupV1(read: CgroupFileReader): CgroupVitals | undefined {
  // The kernel makes this file in the root of a hierarchy only, and a namespace's root is not that.
  if (read('release_agent') !== undefined) return undefined;
  const stat = read('memory.stat');
  return cgroupVitals({
    usageBytes: parseCount(read('memory.usage_in_bytes')),
    inactiveFileBytes: parseKey(stat, 'total_inactive_file'),
    // "Anonymous and swap cache memory" of it and all below, whatever the name says.
    anonymousBytes: parseKey(stat, 'total_rss'),
    limitBytes: readLimit(read),
    oomKills: readOomKillsV1(read),
  });
}

/** Of this very cgroup, not of those below it. */
export function readOomKillsV1(read: CgroupFileReader): number | undefined {
  return parseKey(read('memory.oom_control'), 'oom_kill');
}

/** The same of a cgroup around others, when it has a limit that holds for them too. */
export function readOuterCgroupV1(read: CgroupFileReader): CgroupVitals | undefined {
  // Before Linux 5.11 a cgroup could leave out what is below it.
  if (readLimit(read) === undefined || parseCount(read('memory.use_hierarchy')) === 0) return undefined;
  return readCgroupV1(read);
}

function readLimit(read: CgroupFileReader): number | undefined {
  const bytes = parseCount(read('memory.limit_in_bytes'));
  return bytes !== undefined && bytes < UNLIMITED_BYTES ? bytes : undefined;
}
