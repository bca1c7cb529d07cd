import { readlinkSync } from 'node:fs';
import { readCredentials, readFilesOwner } from '../../linux/credentials.ts';
import { readExecutable } from '../../linux/executable.ts';
import { readProcessStat } from '../../linux/process-stat.ts';
import { readProcessStatus } from '../../linux/process-status.ts';
import { readSecurityLabel } from '../../linux/security.ts';
import type { Census } from '../../model/census.ts';
import { type Failure, ReadFailure } from '../../model/failure.ts';
import type { Detection, ProcessRef, RuntimeName } from '../../model/target.ts';
import { failureOf } from '../../monitor/failure-report.ts';
import { type FoundProcess, findProcess } from '../found-process.ts';
import { type Check, checkCensus, checkHeap, checkProcess } from './doctor-checks.ts';
import type { Circumstances } from './doctor-circumstances.ts';
import { findHindrances, type Guarded, type Hindrance, suspectSecurityModule } from './doctor-hindrances.ts';

/** What became of one process. */
export interface Examination {
  readonly pid: number;
  /** The executable's name, else what the process calls itself; '' when it is gone. */
  readonly name: string;
  /** Absent when its maps may not be read. */
  readonly detection?: Detection;
  /** Its pid inside its own pid namespace, when it has one. */
  readonly innerPid?: number;
  /** Why there was nothing to check: it is gone, or of no runtime of ours. */
  readonly failure?: Failure;
  readonly checks: readonly Check[];
  /** Why something is denied. */
  readonly hindrances: readonly Hindrance[];
}

export interface ExaminationOptions {
  readonly procfsPath: string;
  readonly circumstances: Circumstances;
  /** Undefined when there is no time for a census any more. */
  readonly takeCensus: (process: ProcessRef, runtime: RuntimeName) => Promise<Census> | undefined;
}

/** Tries everything that heapwatch reads of a process. Never throws: failures are its findings. */
export async function examine(pid: number, options: ExaminationOptions): Promise<Examination> {
  const { procfsPath, circumstances, takeCensus } = options;
  let found: FoundProcess | undefined;
  try {
    found = findProcess(procfsPath, pid);
  } catch (error) {
    const failure = failureOf(error);
    if (failure.kind !== 'denied') return unrecognised(pid, withDeletedFile(procfsPath, pid, failure));
  }
  try {
    const process = found?.process ?? { pid, startTicks: readProcessStat(procfsPath, pid).startTicks, procfsPath };
    const checks = [...checkProcess(process), ...(await checkRuntime(process, found, takeCensus))];
    const denied = checks.some((check) => check.state === 'denied');
    return {
      pid,
      name: nameOf(process),
      ...(found && { detection: found.detection }),
      ...innerPidOf(process),
      checks,
      hindrances: denied ? explain(circumstances, process) : [],
    };
  } catch (error) {
    return unrecognised(pid, failureOf(error));
  }
}

/** Whether all that was asked for can be read; what was not tried is not known to be. */
export function isReadable({ failure, checks }: Examination): boolean {
  return failure === undefined && checks.every(({ state }) => state === 'ok' || state === 'absent');
}

function unrecognised(pid: number, failure: Failure): Examination {
  return { pid, name: '', failure, checks: [], hindrances: [] };
}

/** A program is recognised by its file; one that an upgrade has replaced is only below map_files. */
function withDeletedFile(procfsPath: string, pid: number, failure: Failure): Failure {
  if (failure.kind !== 'unsupported' || !isFileDeleted(procfsPath, pid)) return failure;
  const why = 'its file was deleted or replaced while it runs, and reading it then takes the capability SYS_ADMIN or';
  return { ...failure, message: `${failure.message}; ${why} CHECKPOINT_RESTORE: add one of them, or restart it` };
}

function isFileDeleted(procfsPath: string, pid: number): boolean {
  try {
    return readlinkSync(`${procfsPath}/${pid}/exe`).endsWith(' (deleted)');
  } catch {
    return false; // it ended, or we may not know
  }
}

async function checkRuntime(
  process: ProcessRef,
  found: FoundProcess | undefined,
  takeCensus: ExaminationOptions['takeCensus'],
): Promise<Check[]> {
  if (found === undefined) {
    const detail = 'what it runs cannot be told without its maps';
    return (['heap', 'census'] as const).map((name) => ({ name, state: 'denied', detail }));
  }
  const heap = checkHeap(process, found.runtime);
  if (heap.state !== 'ok') return [heap, { ...heap, name: 'census' }];
  return [heap, await checkCensus(() => takeCensus(process, found.runtime.name))];
}

function explain(circumstances: Circumstances, process: ProcessRef): Hindrance[] {
  const { procfsPath, pid } = process;
  const credentials = readCredentials(procfsPath, pid);
  if (credentials === undefined) return [];
  const filesOwner = readFilesOwner(procfsPath, pid);
  const securityLabel = readSecurityLabel(procfsPath, pid);
  const guarded: Guarded = {
    credentials,
    ...(filesOwner !== undefined && { filesOwner }),
    ...(securityLabel !== undefined && { securityLabel }),
  };
  const hindrances = findHindrances(circumstances, guarded);
  const module = hindrances.length === 0 ? suspectSecurityModule(circumstances, guarded) : undefined;
  return module === undefined ? hindrances : [module];
}

function nameOf({ procfsPath, pid }: ProcessRef): string {
  try {
    return readExecutable(procfsPath, pid).name;
  } catch (error) {
    if (!(error instanceof ReadFailure)) throw error;
    return readProcessStat(procfsPath, pid).comm;
  }
}

function innerPidOf({ procfsPath, pid }: ProcessRef): { innerPid?: number } {
  const { innerPid } = readProcessStatus(procfsPath, pid);
  return innerPid === undefined || innerPid === pid ? {} : { innerPid };
}
