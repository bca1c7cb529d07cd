/** The runtimes we know, by the names that the `runtime` label carries. */
export type RuntimeName = 'nodejs' | 'cpython' | 'jvm';

/**
 * A process to read: everything a worker thread needs to open it by itself (structured-clonable).
 * Pids are reused; the pair of pid and start time is not, so readers check both after they have opened a file.
 */
export interface ProcessRef {
  readonly pid: number;
  /** Clock ticks after boot at which the process started: field 22 of /proc/<pid>/stat. */
  readonly startTicks: number;
  /** Where procfs is mounted, usually `/proc`. */
  readonly procfsPath: string;
}

/** What a first look from outside says of a process. */
export interface Detection {
  readonly runtime: RuntimeName;
  /** As the runtime prints it, e.g. `3.11.7`. */
  readonly version: string;
}

/** A watched process of a recognised runtime. */
export interface Target extends Detection {
  readonly process: ProcessRef;
  /** Unix time. */
  readonly startTimeSeconds: number;
  readonly serviceName: string;
  /** OpenTelemetry's `service.namespace`, where the process has been given one. */
  readonly serviceNamespace?: string;
  /** The executable's file name only: a command line holds secrets. */
  readonly command: string;
  /** Where it runs, as far as cgroup paths and the environment tell. */
  readonly container?: ContainerIdentity;
  readonly kubernetes?: KubernetesIdentity;
  /** Whether a pattern of the user's asks for it: what is only found may be nobody's concern. */
  readonly isIncluded?: true;
}

/** The container, pod or unit around a process. What is not known is absent. */
export interface ContainerIdentity {
  /** 64 hexadecimal digits. */
  readonly id?: string;
  /** The process's pid inside its own pid namespace. */
  readonly innerPid?: number;
  readonly podUid?: string;
  /** A systemd unit, e.g. `nginx.service`. */
  readonly unit?: string;
}

/** What Kubernetes calls the pod around a process. Of two containers that may be meant the name is absent, never guessed. */
export interface KubernetesIdentity {
  readonly namespace: string;
  readonly pod: string;
  readonly container?: string;
}
