import { readCommandLine } from '../../linux/command-line.ts';
import { containerOfPaths, parseCgroupPaths } from '../../linux/container-path.ts';
import { readEnvironment } from '../../linux/environment.ts';
import { readLivingProcessStat } from '../../linux/process-stat.ts';
import { readProcessStatus } from '../../linux/process-status.ts';
import { readSmallFile } from '../../linux/small-file.ts';
import { absentOnFailure } from '../../model/failure.ts';
import type { ContainerIdentity, KubernetesIdentity, ProcessRef } from '../../model/target.ts';
import { IDENTITY_VARIABLES, parseEnvironmentIdentity, workloadOfPod } from './environment-identity.ts';
import type { KubernetesNames } from './kubernetes-names.ts';
import { plainName } from './plain-name.ts';
import { programName } from './program-name.ts';
import type { Traits } from './selection.ts';

/** Who a process is. All names are fit to be shown. */
export interface ProcessIdentity {
  readonly serviceName: string;
  /** What OpenTelemetry calls so: the services that belong together. */
  readonly serviceNamespace?: string;
  /** The executable's file name. */
  readonly command: string;
  readonly container?: ContainerIdentity;
  readonly kubernetes?: KubernetesIdentity;
  readonly optedOut: boolean;
  /** What patterns look at. */
  readonly traits: Traits;
}

/**
 * Finds out who a process is, from what it was started with and where it runs. The service's name is that of
 * OpenTelemetry's variables, else that of the Kubernetes workload or the container, else the program's. Its memory is not
 * opened; the kernel itself copies environment and command line out of it. Throws `gone`.
 */
export function readProcessIdentity(
  process: ProcessRef,
  executable: string,
  kubernetesNames?: KubernetesNames,
): ProcessIdentity {
  const identity = readIdentity(process, executable, kubernetesNames);
  // What was read may be another process's by now, or nothing because it is ending.
  readLivingProcessStat(process);
  return identity;
}

/** What is known also of a process that we may not look into: the rest may be anything. */
export function readPublicTraits({ procfsPath, pid }: ProcessRef): Traits {
  return { cgroup: readCgroups(procfsPath, pid) };
}

function readIdentity(
  { procfsPath, pid }: ProcessRef,
  executable: string,
  kubernetesNames: KubernetesNames | undefined,
): ProcessIdentity {
  const environment = parseEnvironmentIdentity(
    // What may not be read is not known: an environment that is denied asks for nothing.
    absentOnFailure(() => readEnvironment(procfsPath, pid, IDENTITY_VARIABLES)) ?? new Map(),
  );
  const program = programName(executable, absentOnFailure(() => readCommandLine(procfsPath, pid)) ?? []);
  const cgroups = readCgroups(procfsPath, pid);
  const container = readContainer(procfsPath, pid, cgroups);
  const kubernetes = kubernetesNames?.({ container, environment });
  const workload = environment.workloadName ?? (kubernetes && workloadOfPod(kubernetes.pod));
  const names = [environment.serviceName, workload, program, executable];
  const serviceName = names.map((name) => plainName(name ?? '')).find((name) => name !== '') ?? 'unknown';
  const serviceNamespace = plainName(environment.serviceNamespace ?? '');
  const command = plainName(executable);
  return {
    serviceName,
    ...(serviceNamespace !== '' && { serviceNamespace }),
    command,
    ...(container && { container }),
    ...(kubernetes && { kubernetes }),
    optedOut: environment.optedOut,
    traits: {
      name: [command],
      service: [serviceName],
      cgroup: cgroups,
      container: present(container?.id, kubernetes?.container ?? environment.containerName),
      namespace: present(kubernetes?.namespace ?? environment.namespace),
    },
  };
}

/** The cgroups that it is in, each once; none when that is not told. */
export function readCgroups(procfsPath: string, pid: number): readonly string[] {
  return parseCgroupPaths(absentOnFailure(() => readSmallFile(`${procfsPath}/${pid}/cgroup`)) ?? '');
}

function readContainer(procfsPath: string, pid: number, cgroups: readonly string[]): ContainerIdentity | undefined {
  const ofPaths = containerOfPaths(cgroups);
  const innerPid = absentOnFailure(() => readProcessStatus(procfsPath, pid).innerPid);
  // Where there is neither container nor pid namespace it would only repeat the pid.
  const isInside = ofPaths.id !== undefined || innerPid !== pid;
  const container = {
    ...ofPaths,
    ...(ofPaths.unit !== undefined && { unit: plainName(ofPaths.unit) }),
    ...(innerPid !== undefined && isInside && { innerPid }),
  };
  return Object.keys(container).length === 0 ? undefined : container;
}

function present(...names: readonly (string | undefined)[]): string[] {
  return names.map((name) => plainName(name ?? '')).filter((name) => name !== '');
}
