import { readCpuPressure } from '../../linux/pressure.ts';
import type { Clock } from '../clock.ts';

/** Shares of the time in which work waits for a processor: below the first the machine is calm, at the second it is full. */
const CALM = 0.2;
const FULL = 0.8;
/** On a full machine censuses go on, four times as far apart: that is when they are needed. */
export const LEAST_SLACK = 0.25;

/**
 * How much of our budget the machine can spare, 0.25 to 1. The one signal is the pressure on its processors: the load
 * average counts waiting for disks too, and throttling of our own cgroup slows us down by itself.
 */
export function createMachineSlack(procfsPath: string, clock: Clock, everySeconds: number): () => number {
  let slack = 1;
  let readAtSeconds = Number.NEGATIVE_INFINITY;
  return () => {
    const now = clock.elapsedSeconds();
    if (now - readAtSeconds >= everySeconds) {
      slack = slackAt(readCpuPressure(procfsPath)?.some.recentShare ?? 0);
      readAtSeconds = now;
    }
    return slack;
  };
}

/** `pressure` is a share of 1. */
export function slackAt(pressure: number): number {
  const fullness = Math.min(1, Math.max(0, (pressure - CALM) / (FULL - CALM)));
  return 1 - (1 - LEAST_SLACK) * fullness;
}
