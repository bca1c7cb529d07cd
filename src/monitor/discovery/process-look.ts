import { readCommandLine } from '../../linux/command-line.ts';
import { readExecutable } from '../../linux/executable.ts';
import type { ProcessStat } from '../../linux/process-stat.ts';
import { ReadFailure } from '../../model/failure.ts';
import type { ProcessPatterns } from '../../model/process-pattern.ts';
import type { SkipReason } from '../../model/snapshot.ts';
import type { ProcessRef, Target } from '../../model/target.ts';
import { mappingsOnce } from '../../runtimes/mappings-once.ts';
import type { Runtime } from '../../runtimes/runtime.ts';
import { looksLikeOurs } from './executable-names.ts';
import type { KubernetesNames } from './kubernetes-names.ts';
import { readCgroups, readProcessIdentity, readPublicTraits } from './process-identity.ts';
import { isExcluded } from './selection.ts';

/** A process in the list of them. */
export interface SeenProcess {
  readonly process: ProcessRef;
  readonly stat: ProcessStat;
  readonly startTimeSeconds: number;
}

/** What one look at a process found: a target, a failure, or neither when it is none of ours. */
export interface Look {
  readonly startTicks: number;
  /** Another one after an exec, although pid and start time are the same then. */
  readonly image: string;
  /** Of a runtime of ours, watched or not. */
  readonly target?: Target;
  /** Those of a target; it may be moved. */
  readonly cgroups?: string;
  /** It is in a pod whose names are not all known yet: they may be written down a moment later. */
  readonly isNameless?: boolean;
  /** Why the target is not to be watched. */
  readonly skip?: SkipReason;
  /** Why we do not know: `denied` only when the process looks like ours, or a bug of a runtime. */
  readonly failure?: unknown;
}

export interface LookOptions extends ProcessPatterns {
  readonly runtimes: readonly Runtime[];
  readonly kubernetesNames?: KubernetesNames;
}

/**
 * Asks each runtime whether the process is its own; the first that says so has it. Then asks the process and the user
 * whether it is to be watched: all before anything opens its memory. Throws `gone` only.
 */
export function lookAtProcess(seen: SeenProcess, options: LookOptions): Look {
  const { runtimes, kubernetesNames } = options;
  const { process, stat, startTimeSeconds } = seen;
  const look = { startTicks: stat.startTicks, image: stat.image };
  try {
    const executable = readExecutable(process.procfsPath, process.pid);
    const mappings = mappingsOnce(process);
    for (const runtime of runtimes) {
      const detection = runtime.detect(process, mappings);
      if (detection === undefined) continue;
      const identity = readProcessIdentity(process, executable.name, kubernetesNames);
      const { serviceName, serviceNamespace, command, container, kubernetes } = identity;
      const optional = {
        ...(serviceNamespace !== undefined && { serviceNamespace }),
        ...(container && { container }),
        ...(kubernetes && { kubernetes }),
        ...(options.include?.length && { isIncluded: true as const }),
      };
      const target = { ...detection, process, startTimeSeconds, serviceName, command, ...optional };
      const excluded = isExcluded(identity.traits, options) ? 'excluded' : undefined;
      const skip = identity.optedOut ? 'opted_out' : excluded;
      const known = {
        ...look,
        image: `${stat.image} ${executable.identity}`,
        cgroups: String(identity.traits.cgroup),
        isNameless: container?.podUid !== undefined && kubernetes?.container === undefined,
      };
      if (skip !== undefined) return { ...known, target, skip };
      const version = runtime.readVersion?.(process, detection.version, mappings) ?? detection.version;
      return { ...known, target: { ...target, version } };
    }
    return look;
  } catch (error) {
    if (!(error instanceof ReadFailure)) return { ...look, failure: error };
    if (error.kind === 'gone') throw error;
    if (error.kind !== 'denied') return { ...look, failure: error };
    if (!looksLikeTarget(seen, runtimes)) return look;
    return isExcluded(readPublicTraits(process), options) ? { ...look, skip: 'excluded' } : { ...look, failure: error };
  }
}

/**
 * Whether it is the process and program of an earlier look, in the cgroups of then. Throws `gone`, or `denied` when it has
 * become another user's.
 */
export function isStillTrue(look: Look, { process, stat }: SeenProcess): boolean {
  if (look.startTicks !== stat.startTicks) return false;
  if (look.target === undefined) return look.image === stat.image;
  const { procfsPath, pid } = process;
  if (look.cgroups !== String(readCgroups(procfsPath, pid))) return false;
  return look.image === `${stat.image} ${readExecutable(procfsPath, pid).identity}`;
}

/** Guesses from what everyone may read: what the process calls itself, and what it was started as. */
export function looksLikeTarget({ process, stat }: SeenProcess, runtimes: readonly Runtime[]): boolean {
  const [started = ''] = readCommandLine(process.procfsPath, process.pid);
  const names = [stat.comm, started.split(' ', 1)[0]!.split('/').at(-1)!];
  return looksLikeOurs(
    names,
    runtimes.map(({ name }) => name),
  );
}
