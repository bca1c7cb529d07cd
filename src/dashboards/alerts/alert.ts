/** One alerting rule, with the page that it sends its reader to. */
export interface Alert {
  /** CamelCase, begins with `Heapwatch`, says what is true. */
  readonly name: string;
  /** critical: someone shall get up; warning: someone shall look today; info: to be known. */
  readonly severity: 'critical' | 'warning' | 'info';
  readonly expression: string;
  /** How long it must be true; none when the expression's own window is enough. */
  readonly forSeconds?: number;
  /** How long it goes on after it was true for the last time, so that gaps in the data do not end it. */
  readonly keepFiringSeconds: number;
  /** One sentence that is the same for all its alerts. */
  readonly summary: string;
  /** A template of Prometheus: who, how much, and what to do first. */
  readonly description: string;
  readonly runbook: Runbook;
}

/** The alert's section in docs/runbooks.md; each entry a sentence or two of Markdown. */
export interface Runbook {
  readonly meaning: string;
  /** In the order to be done. */
  readonly steps: readonly string[];
  /** When it stays silent, and when it may be wrong. */
  readonly limits: string;
}

export interface AlertGroup {
  readonly name: string;
  readonly alerts: readonly Alert[];
}
