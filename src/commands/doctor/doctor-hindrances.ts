// The kernel's rules for reading another process, as they are decided in __ptrace_may_access of kernel/ptrace.c,
// cap_ptrace_access_check of security/commoncap.c and yama_ptrace_access_check of security/yama/yama_lsm.c (Linux 6).
import type { Credentials } from '../../linux/credentials.ts';
import { type Circumstances, stateOf } from './doctor-circumstances.ts';

/** What the kernel compares of a process that is to be read. */
export interface Guarded {
  readonly credentials: Credentials;
  /** Of its private files: root for a process that is not dumpable. */
  readonly filesOwner?: number;
  readonly securityLabel?: string;
}

/** A reason why a process cannot be read, and what to change. */
export interface Hindrance {
  readonly reason: string;
  readonly advice: string;
}

/** Every rule that forbids us something of this process; empty when none of those that can be seen does. */
export function findHindrances(us: Circumstances, process: Guarded): Hindrance[] {
  const mayPtrace = stateOf(us.credentials, 'SYS_PTRACE') === 'effective';
  const found = mayPtrace ? fileHindrances(us, process) : identityHindrances(us, process);
  if (us.ptraceScope === 3) {
    found.push({
      reason: "Yama's ptrace_scope is 3: the kernel lets nobody read another process's memory",
      advice: 'set kernel.yama.ptrace_scope to a lower value and boot again: a running kernel does not lower a 3',
    });
  } else if (!mayPtrace && (us.ptraceScope ?? 0) > 0) {
    found.push({
      reason: `Yama's ptrace_scope is ${us.ptraceScope}: reading memory takes the capability SYS_PTRACE, also as the same user`,
      advice: `${asRoot(us.credentials)}, or set kernel.yama.ptrace_scope to 0 where that is acceptable`,
    });
  }
  return found;
}

/** Why a security module is the one to ask when no other rule forbids; undefined where there is none. */
export function suspectSecurityModule(us: Circumstances, process: Guarded): Hindrance | undefined {
  const labels = [us.securityLabel, process.securityLabel];
  if (labels.every((label) => label === undefined || label === 'unconfined')) return undefined;
  return {
    reason:
      `no rule of users and capabilities forbids it, so the security module does: this heapwatch runs under ` +
      `"${us.securityLabel ?? 'unknown'}", the process under "${process.securityLabel ?? 'unknown'}"`,
    advice:
      'run heapwatch under an AppArmor profile or SELinux type that may ptrace and read other processes, such as ' +
      'unconfined or spc_t; the audit log (dmesg, ausearch) names the rule',
  };
}

/** With SYS_PTRACE everything is allowed, but private files are still files, with an owner. */
function fileHindrances({ credentials, initialUserNamespace }: Circumstances, process: Guarded): Hindrance[] {
  const found: Hindrance[] = [];
  const owner = process.filesOwner ?? process.credentials.fileUid;
  const readsAll =
    stateOf(credentials, 'DAC_READ_SEARCH') === 'effective' || stateOf(credentials, 'DAC_OVERRIDE') === 'effective';
  if (owner !== credentials.fileUid && !readsAll) {
    found.push({
      reason: `its mem, pagemap and environ are files of ${user(owner)} alone, and the capability DAC_READ_SEARCH, which opens them, is missing`,
      advice: addCapabilities(['DAC_READ_SEARCH']),
    });
  }
  if (!initialUserNamespace && found.length === 0) {
    found.push({
      reason: 'this heapwatch is in a user namespace, and its capabilities do not reach processes outside of it',
      advice: 'run heapwatch without a user namespace of its own (no rootless container, no hostUsers: false)',
    });
  }
  return found;
}

/** Without SYS_PTRACE the process must be the same user and group, and nothing more than we are. */
function identityHindrances({ credentials: us, ptraceScope }: Circumstances, process: Guarded): Hindrance[] {
  const { credentials: it, filesOwner } = process;
  const [otherUid, otherGid] = [other(it.uids, us.fileUid), other(it.gids, us.fileGid)];
  const found: Hindrance[] = [];
  const root = asRoot(us);
  const same = it.uids.every((uid) => uid === it.uids[0]) && it.gids.every((gid) => gid === it.gids[0]);
  // As root without SYS_PTRACE one reads only what holds no more capabilities; under Yama nothing.
  const asIt =
    same && it.uids[0] !== 0 && !ptraceScope
      ? `, or as ${user(it.uids[0]!)} and group ${it.gids[0]} like the process`
      : '';
  if (otherUid !== undefined) {
    found.push({
      reason: `it runs as ${user(otherUid)}, this heapwatch as ${user(us.fileUid)} without the capability SYS_PTRACE`,
      advice: root + asIt,
    });
  } else if (otherGid !== undefined) {
    found.push({
      reason: `it runs as the same user, but as group ${otherGid}, this heapwatch as group ${us.fileGid}: without the capability SYS_PTRACE the kernel demands both`,
      advice: root + asIt,
    });
  }
  if (filesOwner === 0 && it.uids[1] !== 0) {
    found.push({
      reason: 'it is not dumpable: it changed its user, asked for it by prctl, or its executable is not readable',
      advice: `${root}; or start it as its final user (User= of systemd, runAsUser) instead of letting it change`,
    });
  }
  const more = (it.capabilities?.permitted ?? 0n) & ~(us.capabilities?.effective ?? 0n);
  if (otherUid === undefined && otherGid === undefined && more !== 0n) {
    found.push({
      reason: 'it holds capabilities that this heapwatch does not, and the capability SYS_PTRACE is missing',
      advice: `${root}, or start the process without capabilities`,
    });
  }
  return found;
}

function other(ids: readonly number[], ours: number): number | undefined {
  return ids.find((id) => id !== ours);
}

/** How SYS_PTRACE is had, from where we are now. */
function asRoot(us: Credentials): string {
  if (us.fileUid === 0) return addCapabilities(['SYS_PTRACE', 'DAC_READ_SEARCH']);
  const remark =
    stateOf(us, 'SYS_PTRACE') === 'bounding only'
      ? ' (adding them to a container or unit of another user leaves them in the bounding set, without effect)'
      : '';
  return `run heapwatch as root (uid 0) with the capabilities SYS_PTRACE and DAC_READ_SEARCH${remark}`;
}

function addCapabilities(names: readonly string[]): string {
  return `give this heapwatch ${names.join(' and ')} (Kubernetes: securityContext.capabilities.add; Docker: --cap-add)`;
}

function user(uid: number): string {
  return uid === 0 ? 'user 0 (root)' : `user ${uid}`;
}
