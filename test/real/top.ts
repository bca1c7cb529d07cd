import { expect } from 'vitest';
import { heapwatch } from './heapwatch.ts';

/** What `heapwatch top --json` prints. */
export interface TopReport {
  readonly pid: number;
  readonly runtime: string;
  readonly version: string;
  readonly duration_ms: number;
  readonly quality: { readonly skipped_ratio: number };
  readonly objects: number;
  readonly bytes: number;
  readonly types: readonly { type: string; count: number; bytes: number; tracked?: number }[];
  readonly growth?: readonly { type: string; count_delta: number; bytes_delta: number }[];
}

/** `heapwatch top <pid> --json` with every type in it. */
export async function top(pid: number, ...args: string[]): Promise<TopReport> {
  const run = await heapwatch(['top', String(pid), '--json', '--limit', '100000', ...args]);
  expect(run.stderr).toBe('');
  expect(run.code).toBe(0);
  return JSON.parse(run.stdout);
}

/** The report's types by name. */
export function byType(report: TopReport): Map<string, TopReport['types'][number]> {
  return new Map(report.types.map((row) => [row.type, row]));
}
