import { closeSync, fstatSync, readSync } from 'node:fs';
import { parseCredentials } from '../../../linux/credentials.ts';
import { readLivingProcessStat } from '../../../linux/process-stat.ts';
import { parseProcessStatus } from '../../../linux/process-status.ts';
import { readSmallFile } from '../../../linux/small-file.ts';
import { readMappings } from '../../../memory/process-memory.ts';
import { ReadFailure } from '../../../model/failure.ts';
import type { ProcessRef } from '../../../model/target.ts';
import { findLibjvm } from '../libjvm.ts';
import { mostPerfDataBytes } from '../perf-data/perf-data.ts';
import { findPerfDataMapping, openPerfDataFile } from '../perf-data/perf-data-file.ts';
import { type PerfData, readPerfData } from '../perf-data/perf-data-source.ts';

/** A JVM of which everything says that it will answer, and not end, when it is asked. */
export interface AttachableJvm {
  readonly process: ProcessRef;
  /** Its pid as it sees itself, which its files are named by. */
  readonly innerPid: number;
  /** Its effective ids: of the files that it makes, and that it trusts. */
  readonly uid: number;
  readonly gid: number;
  /** Of the program that was checked, see `ProcessStat`. */
  readonly image: string;
}

/**
 * Collectors that count a class histogram in less than a full collection's pause, by `sun.gc.policy.name`. With ZGC and
 * Shenandoah, which pause for a millisecond otherwise, it would stop the JVM hundreds of times as long.
 */
const countingPolicies = new Set(['Copy:MSC', 'ParScav:MSC', 'GarbageFirst', 'ParNew:CMS']);

/** Reads what a JVM says of itself, and touches nothing. Throws `unsupported` with the reason, `busy` while it starts. */
export function checkAttachable(process: ProcessRef): AttachableJvm {
  const mappings = readMappings(process);
  const libjvm = findLibjvm(mappings);
  if (libjvm === undefined) throw new ReadFailure('gone', `process ${process.pid} is no JVM (any more)`);
  if (libjvm.isOpenJ9) throw refused('Eclipse OpenJ9 has another one');
  const { image } = readLivingProcessStat(process);
  const mapping = findPerfDataMapping(mappings);
  const file = mapping && openPerfDataFile(process, mapping);
  if (file === undefined) {
    throw refused('only a hsperfdata file tells that it is safe, and this JVM has none (-XX:-UsePerfData?)');
  }
  const data = readPerfData({
    bytes: Math.min(fstatSync(file).size, mostPerfDataBytes),
    fill: (into) => readSync(file, into, 0, into.length, 0),
    close: () => closeSync(file),
  });
  try {
    data.read();
    checkOwnWords(data);
    return { process, image, ...checkIdentity(process, data) };
  } finally {
    data.close();
  }
}

function checkOwnWords(data: PerfData): void {
  if (data.text('sun.rt.jvmCapabilities')?.[0] !== '1')
    throw refused('it is switched off (-XX:+DisableAttachMechanism)');
  if (!data.number('sun.rt.vmInitDoneTime')) throw new ReadFailure('busy', 'this JVM is starting: try again');
  const policy = data.text('sun.gc.policy.name');
  if (policy !== undefined && countingPolicies.has(policy)) return;
  throw refused(
    'with its garbage collector (ZGC, Shenandoah, or unknown) it may stop for far longer than a collection does',
  );
}

/** A JVM answers only its own user and group, and root from Java 9 on. */
function checkIdentity(process: ProcessRef, data: PerfData): Pick<AttachableJvm, 'innerPid' | 'uid' | 'gid'> {
  const text = readSmallFile(`${process.procfsPath}/${process.pid}/status`);
  const { innerPid } = parseProcessStatus(text);
  const credentials = parseCredentials(text);
  if (innerPid === undefined || credentials === undefined) throw refused('its user or its pid cannot be told');
  const [uid, gid] = [credentials.uids[1]!, credentials.gids[1]!];
  const isSame = globalThis.process.geteuid?.() === uid && globalThis.process.getegid?.() === gid;
  const isRoot = globalThis.process.geteuid?.() === 0;
  const isJava8 = data.text('java.property.java.version')?.startsWith('1.') ?? true;
  if (isSame || (isRoot && !isJava8)) return { innerPid, uid, gid };
  throw new ReadFailure(
    'denied',
    isRoot
      ? 'a JVM of Java 8 answers only its own user and group, not root: run heapwatch as that user'
      : 'a JVM answers only its own user and group: run heapwatch as that user, or as root',
  );
}

function refused(why: string): ReadFailure {
  return new ReadFailure('unsupported', `this JVM is not asked through the attach protocol: ${why}`);
}
