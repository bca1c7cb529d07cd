import type { CgroupVitals } from '../model/vitals.ts';
import { type CgroupFileReader, cgroupVitals, parseCount, parseKey } from './cgroup-counts.ts';
import { parsePressure } from './pressure.ts';

/**
 * Reads the memory controller of cgroup version 2 (kernel document admin-guide/cgroup-v2). The root cgroup has none of
 * these files: it is absent.
 */
export function readCgroupV2(read: CgroupFileReader): CgroupVitals | undefined {
  const stat = read('memory.stat');
  return cgroupVitals({
    usageBytes: parseCount(read('memory.current')),
    inactiveFileBytes: parseKey(stat, 'inactive_file'),
    anonymousBytes: parseKey(stat, 'anon'),
    limitBytes: readLimit(read),
    oomKills: readOomKillsV2(read),
    pressureSeconds: readPressureSeconds(read),
  });
}

/** The same of a cgroup around others, when it has a limit. */
export function readOuterCgroupV2(read: CgroupFileReader): CgroupVitals | undefined {
  return readLimit(read) === undefined ? undefined : readCgroupV2(read);
}

/** Of this cgroup and all below it, also those that are removed by now. */
export function readOomKillsV2(read: CgroupFileReader): number | undefined {
  return parseKey(read('memory.events'), 'oom_kill');
}

function readLimit(read: CgroupFileReader): number | undefined {
  // `max` is no number: absent.
  return parseCount(read('memory.max'));
}

function readPressureSeconds(read: CgroupFileReader): CgroupVitals['pressureSeconds'] {
  const { some, full } = parsePressure(read('memory.pressure') ?? '') ?? {};
  return some && full && { some: some.totalSeconds, full: full.totalSeconds };
}
