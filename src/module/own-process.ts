import type { ProcessVitals } from '../model/vitals.ts';

/** This process as Node.js describes it, for systems without /proc: what else there is nobody tells. */
export function readOwnProcess(): ProcessVitals {
  const { user, system } = process.cpuUsage();
  return { residentBytes: process.memoryUsage.rss(), cpuSeconds: (user + system) / 1e6 };
}
