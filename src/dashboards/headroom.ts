import { metric } from './metric.ts';

/**
 * Bytes that a target may still take before it meets the nearest of its limits: the runtime's, the cgroup's or the
 * node's, whichever are known. At least a share of that limit.
 */
export function headroom(leastRatio: number): string {
  const left = `clamp_min(1 - ${metric('heapwatch_memory_limit_used_ratio')}, ${leastRatio})`;
  return `min without (limit) (${metric('heapwatch_memory_limit_bytes')} * ${left})`;
}

/** Targets that are at least so old: younger ones still warm up, and a reused pid must not inherit another's past. */
export function olderThan(seconds: string): string {
  return `time() - ${metric('heapwatch_process_start_time_seconds')} > ${seconds}`;
}
