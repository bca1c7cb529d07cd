/** What a runtime's session reads of the managed heap. What is not known is absent, never 0. */
export interface HeapVitals {
  readonly usedBytes?: number;
  readonly committedBytes?: number;
  /** The ceiling that the runtime itself enforces. */
  readonly limitBytes?: number;
  readonly initialBytes?: number;
  /** Ceilings outside of the heap that the runtime itself enforces (JVM: metaspace, direct), and what counts against them. */
  readonly limits?: Readonly<Record<string, { readonly limitBytes: number; readonly usedBytes?: number }>>;
  readonly spaceUsedBytes: Readonly<Record<string, number>>;
  /** Anonymous memory that the heap's own structures explain; what a process has beyond it is native. */
  readonly accountedBytes?: number;
  /** Memory that the runtime knows outside its heap, by kind. */
  readonly externalBytes: Readonly<Record<string, number>>;
  readonly gc: readonly GcVitals[];
  /** Heap in use right after the last full collection, where the runtime itself keeps it: exact, so nothing is estimated. */
  readonly live?: LiveFloor;
  /**
   * Of several heaps with a limit each (V8: one a worker thread), the one that is nearest to its own; `limitBytes` is the main
   * one's. Absent when there is one heap.
   */
  readonly bindingHeap?: { readonly limitBytes: number; readonly liveBytes?: number };
  /** JVM: a collection is running, of which the counters tell nothing yet. */
  readonly collecting?: boolean;
  /** JVM: OutOfMemoryErrors thrown since the process started, by kind (java_heap, metaspace), caught ones included. */
  readonly outOfMemoryErrors?: Readonly<Record<string, number>>;
  /** CPython: objects in `gc.garbage`. */
  readonly garbageObjects?: number;
  /** CPython: objects that the last full collection found in use and kept. Absent before the first one. */
  readonly survivingObjects?: number;
  /** CPython: false after `gc.disable()`. */
  readonly gcEnabled?: boolean;
}

/** One generation or kind of collection; all figures cumulative since the process started. */
export interface GcVitals {
  /** `0`, `1`, `2` for CPython's generations; `minor`, `major` for V8; `young`, `old`, `concurrent` for the JVM. */
  readonly gc: string;
  readonly collections: number;
  readonly collectedObjects?: number;
  readonly uncollectableObjects?: number;
  readonly pauseSeconds?: number;
  /** True for the kind that collects the whole heap: the live floor is read after it. */
  readonly full: boolean;
}

/** What /proc says of any process. */
export interface ProcessVitals {
  readonly residentBytes: number;
  /** RssAnon: private memory that is not a file's. */
  readonly anonymousBytes?: number;
  readonly swappedBytes?: number;
  readonly cpuSeconds: number;
  /** Absent on systems without /proc. */
  readonly threads?: number;
  /** Absent when /proc/<pid>/fd is not readable. */
  readonly openFds?: number;
}

/** The memory cgroup that holds the process. A limit that is not set is absent. */
export interface CgroupVitals {
  readonly usageBytes: number;
  /** usage - inactive_file, as the kubelet counts it: page cache that can be reclaimed is not working set. */
  readonly workingSetBytes: number;
  /** Private memory of its processes that is not a file's, and their stacks: what no reclaim takes back without swap. */
  readonly anonymousBytes?: number;
  readonly limitBytes?: number;
  /** Kills by the out-of-memory killer in this cgroup, cumulative. */
  readonly oomKills?: number;
  /** Pressure stall information, v2 only: time in which some or all tasks waited for memory, cumulative. */
  readonly pressureSeconds?: { readonly some: number; readonly full: number };
  /**
   * Of the cgroups around it that we see, the one whose limit is met first, when that is before its own: a pod's limit
   * kills too. What the process takes counts in each of them. The figures are those of that cgroup.
   */
  readonly bindingAncestor?: {
    readonly usageBytes: number;
    readonly workingSetBytes: number;
    readonly limitBytes: number;
  };
}

/** Heap in use right after the last full collection. */
export interface LiveFloor {
  readonly bytes: number;
  /** Unix time. */
  readonly atSeconds: number;
}

/** The cheap readings of a target at one moment. */
export interface Vitals {
  /** Unix time. */
  readonly atSeconds: number;
  readonly process: ProcessVitals;
  readonly heap?: HeapVitals;
  readonly cgroup?: CgroupVitals;
}
