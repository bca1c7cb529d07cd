import { absentOnFailure } from '../model/failure.ts';
import { readFileStart, readSmallFile } from './small-file.ts';
import { parseWholeNumber } from './whole-number.ts';

/** Enough for any AppArmor profile's name or SELinux context. */
const LABEL_BYTES = 512;

/**
 * The AppArmor profile (`docker-default (enforce)`, `unconfined`) or SELinux context of a process, `self` or a pid.
 * Undefined where there is no such module, or when it is not told.
 */
export function readSecurityLabel(procfsPath: string, pid: number | 'self'): string | undefined {
  const label = absentOnFailure(() => readFileStart(`${procfsPath}/${pid}/attr/current`, LABEL_BYTES).toString('utf8'));
  return label?.replace(/[\0\n]+$/, '') || undefined;
}

/** Whether SELinux forbids, or only logs; undefined where it is not mounted. */
export function isSelinuxEnforcing(sysfsPath: string): boolean | undefined {
  return absentOnFailure(() => readSmallFile(`${sysfsPath}/fs/selinux/enforce`).trim() === '1');
}

/** How a procfs hides processes from other users. */
export interface ProcessHiding {
  /** `off`, `noaccess` (their files), `invisible` (the processes), or `ptraceable` (what we may not read). */
  readonly hidepid: 'off' | 'noaccess' | 'invisible' | 'ptraceable';
  /** The group that is exempt. */
  readonly exemptGroup?: number;
}

const hidepidWords = { 0: 'off', 1: 'noaccess', 2: 'invisible', 4: 'ptraceable' } as const;

/**
 * Parses the mount options hidepid and gid of a procfs from /proc/self/mountinfo, see proc(5): numbers before Linux 5.8,
 * words since. Undefined when nothing of that type is mounted there.
 */
export function parseProcessHiding(mountinfo: string, procfsPath: string): ProcessHiding | undefined {
  let found: ProcessHiding | undefined;
  for (const line of mountinfo.split('\n')) {
    const [before, after] = line.split(' - ');
    const [type, , superOptions = ''] = after?.split(' ') ?? [];
    if (type !== 'proc' || before?.split(' ')[4] !== procfsPath) continue;
    const option = (key: string) => new RegExp(`(?:^|,)${key}=([^,]*)`).exec(superOptions)?.[1] ?? '';
    const hidepid = Object.entries(hidepidWords).find((entry) => entry.includes(option('hidepid')))?.[1] ?? 'off';
    const exemptGroup = parseWholeNumber(option('gid'));
    // The last of several mounts in one place is the one that is seen.
    found = { hidepid, ...(exemptGroup !== undefined && { exemptGroup }) };
  }
  return found;
}
