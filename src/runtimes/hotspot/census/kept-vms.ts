import { readLivingProcessStat } from '../../../linux/process-stat.ts';
import type { ProcessRef } from '../../../model/target.ts';
import type { FlagPlaces } from '../flags.ts';
import type { VmStructs } from '../vm-structs.ts';
import type { KeptRegions } from './kept-regions.ts';

/** What is kept of a JVM from one census to the next, so that the next one need not find it again. */
export interface KeptVm {
  /** Which libjvm, where: another one when the process has become another program. */
  readonly identity: string;
  readonly structs: VmStructs;
  readonly flagPlaces: FlagPlaces;
  regions?: KeptRegions;
}

/** As many processes as are watched at most; each has 0.3 MB of structs. */
const maxKept = 256;
/** Of all kept regions together. */
const maxRegionBytes = 2 ** 26;

/** Least recently used first. */
const kept = new Map<string, { readonly process: ProcessRef; readonly vm: KeptVm }>();

/** What is kept of the process; undefined when nothing is, or it is not of this identity. */
export function findKeptVm(process: ProcessRef, identity: string): KeptVm | undefined {
  const found = kept.get(keyOf(process))?.vm;
  return found?.identity === identity ? found : undefined;
}

/** Keeps it, as the most recently used one. */
export function keepVm(process: ProcessRef, vm: KeptVm): void {
  kept.delete(keyOf(process));
  kept.set(keyOf(process), { process, vm });
  let bytes = 0;
  for (const { vm: one } of [...kept.values()].reverse()) {
    bytes += one.regions?.bytes ?? 0;
    if (bytes > maxRegionBytes) delete one.regions;
  }
  for (const oldest of kept.keys()) {
    if (kept.size <= maxKept) break;
    kept.delete(oldest);
  }
}

/** Forgets processes that have ended: 10 us for each that is kept. */
export function forgetEndedVms(): void {
  for (const [key, { process }] of kept) if (hasEnded(process)) kept.delete(key);
}

function keyOf({ procfsPath, pid, startTicks }: ProcessRef): string {
  return `${procfsPath} ${pid} ${startTicks}`;
}

function hasEnded(process: ProcessRef): boolean {
  try {
    readLivingProcessStat(process);
    return false;
  } catch {
    return true; // or cannot be seen any more, which is found out anew at its next census
  }
}
