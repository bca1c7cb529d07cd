import type { Cause, Verdict } from '../../../model/assessment.ts';

/** What the page reads of the API's answers; /api/v1/openapi.json describes them. Sizes in bytes, times Unix seconds. */
export interface TargetIdentity {
  readonly id: string;
  readonly pid: number;
  readonly start_time_seconds: number;
  readonly service_name: string;
  readonly runtime: string;
  readonly version: string;
  readonly command: string;
  readonly up: boolean;
  readonly failure?: { readonly message: string };
}

export interface LimitUse {
  readonly limit: string;
  readonly bytes: number;
  readonly used_bytes?: number;
  readonly used_ratio?: number;
}

export interface TypeCount {
  readonly type: string;
  readonly count: number;
  readonly bytes: number;
}

export interface TargetSummary extends TargetIdentity {
  readonly resident_bytes?: number;
  readonly heap_used_bytes?: number;
  readonly nearest_limit?: LimitUse;
  readonly verdict?: Verdict;
  readonly cause?: Cause;
  readonly suspects?: readonly string[];
  readonly oom_eta_seconds?: number;
  readonly most_objects: readonly TypeCount[];
}

export interface TargetList {
  /** 0 before the first look around has ended. */
  readonly taken_at_seconds: number;
  readonly targets: readonly TargetSummary[];
  readonly discovery_failure?: { readonly message: string };
  readonly skipped?: Readonly<Record<string, number>>;
}

export interface Suspect {
  readonly type: string;
  readonly objects_per_second: number;
  readonly bytes_per_second: number;
}

export interface Assessment {
  readonly verdict: Verdict;
  readonly cause?: Cause;
  readonly since_seconds: number;
  readonly suspects: readonly Suspect[];
  readonly growing_types: readonly Suspect[];
  readonly growth?: { readonly bytes_per_second: number; readonly since_seconds: number };
  readonly limits: readonly { readonly limit: string; readonly eta_seconds?: number }[];
  readonly oom_eta_seconds?: number;
  readonly evidence: readonly { readonly words: string; readonly exceeded: boolean }[];
}

export interface Reading {
  readonly at_seconds: number;
  readonly heap_used_bytes?: number;
  readonly heap_live_bytes?: number;
  readonly resident_bytes: number;
  readonly working_set_bytes?: number;
  readonly cpu_seconds: number;
  readonly full_collections?: number;
}

export interface PastCensus {
  readonly at_seconds: number;
  readonly types: readonly TypeCount[];
}

export interface History {
  readonly readings: readonly Reading[];
  readonly censuses: readonly PastCensus[];
}

interface GcCount {
  readonly gc: string;
  readonly collections: number;
  readonly collected_objects?: number;
  readonly pause_seconds?: number;
}

export interface Census {
  readonly taken_at_seconds: number;
  readonly duration_seconds: number;
  readonly interval_seconds: number;
  readonly objects: number;
  readonly bytes: number;
  readonly type_count: number;
  readonly skipped_ratio: number;
  readonly sampled_ratio?: number;
}

export interface TargetDetail extends TargetIdentity {
  readonly vitals?: {
    readonly at_seconds: number;
    readonly process: { readonly resident_bytes: number; readonly threads?: number; readonly open_fds?: number };
    readonly heap?: {
      readonly used_bytes?: number;
      readonly committed_bytes?: number;
      readonly gc: readonly GcCount[];
      readonly gc_enabled?: boolean;
      readonly garbage_objects?: number;
    };
  };
  readonly live_floor?: { readonly bytes: number; readonly at_seconds: number };
  readonly assessment?: Assessment;
  readonly limits: readonly LimitUse[];
  readonly census?: Census;
  readonly census_failure?: { readonly message: string };
  readonly census_results: Readonly<Record<string, number>>;
  readonly types: readonly TypeCount[];
  readonly history?: History;
}
