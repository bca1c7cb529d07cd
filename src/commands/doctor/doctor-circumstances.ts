import { type CapabilityName, hasCapability } from '../../linux/capabilities.ts';
import { type Credentials, readCredentials } from '../../linux/credentials.ts';
import { isInInitialNamespace, showsWholeMachine } from '../../linux/namespaces.ts';
import { isSelinuxEnforcing, type ProcessHiding, parseProcessHiding, readSecurityLabel } from '../../linux/security.ts';
import { readFileStart } from '../../linux/small-file.ts';
import { type PtraceScope, readPtraceScope } from '../../linux/yama.ts';
import { ReadFailure } from '../../model/failure.ts';

/** Who this heapwatch is and what the machine's rules are. What is not known is absent. */
export interface Circumstances {
  readonly credentials: Credentials;
  readonly initialUserNamespace: boolean;
  readonly wholeMachine: boolean;
  readonly hiding?: ProcessHiding;
  readonly ptraceScope?: PtraceScope;
  readonly securityLabel?: string;
  readonly selinuxEnforcing?: boolean;
}

const MOUNTINFO_BYTES = 1024 * 1024;

/** Our own facts come from /proc, those of the machine from the procfs that is looked at. Throws `ReadFailure`. */
export function readCircumstances(procfsPath: string): Circumstances {
  const credentials = readCredentials('/proc', 'self');
  if (credentials === undefined) throw new ReadFailure('unreadable', '/proc/self/status does not name our user');
  const mountinfo = readFileStart('/proc/self/mountinfo', MOUNTINFO_BYTES).toString('utf8');
  const hiding = parseProcessHiding(mountinfo, procfsPath);
  const ptraceScope = readPtraceScope(procfsPath);
  const securityLabel = readSecurityLabel('/proc', 'self');
  const selinuxEnforcing = isSelinuxEnforcing('/sys');
  return {
    credentials,
    initialUserNamespace: isInInitialNamespace('/proc', 'user') !== false,
    wholeMachine: showsWholeMachine(procfsPath),
    ...(hiding && { hiding }),
    ...(ptraceScope !== undefined && { ptraceScope }),
    ...(securityLabel !== undefined && { securityLabel }),
    ...(selinuxEnforcing !== undefined && { selinuxEnforcing }),
  };
}

/** Where one of our capabilities is: in effect, only in the bounding set, or nowhere. */
export function stateOf(credentials: Credentials, name: CapabilityName): 'effective' | 'bounding only' | 'none' {
  const { effective = 0n, bounding = 0n } = credentials.capabilities ?? {};
  if (hasCapability(effective, name)) return 'effective';
  return hasCapability(bounding, name) ? 'bounding only' : 'none';
}
