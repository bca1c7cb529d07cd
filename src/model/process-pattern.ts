/** What of a process a pattern looks at. */
export type PatternField = 'name' | 'service' | 'cgroup' | 'container' | 'namespace';

/** Says which processes are meant, e.g. `service=shop-*`. */
export interface ProcessPattern {
  readonly field: PatternField;
  /** `*` stands for any characters, also none and also `/`; `?` for one. All else is meant literally, case included. */
  readonly glob: string;
}

/** The processes that a user wants to be watched. */
export interface ProcessPatterns {
  /** Only these are watched; all when there is none. */
  readonly include?: readonly ProcessPattern[];
  /** These are not, whatever `include` says. */
  readonly exclude?: readonly ProcessPattern[];
}
