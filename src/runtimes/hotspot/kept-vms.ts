import type { ProcessRef } from '../../model/target.ts';
import type { FlagPlaces } from './flags.ts';
import type { KeptRegions } from './kept-regions.ts';
import type { VmStructs } from './vm-structs.ts';

/** What is kept of a JVM from one census to the next, so that the next one need not find it again. */
export interface KeptVm {
  /** Which libjvm, where: another one when the process has become another program. */
  readonly identity: string;
  readonly structs: VmStructs;
  readonly flagPlaces: FlagPlaces;
  regions?: KeptRegions;
}

/** As many processes as are watched at most; each has 0.5 MB of structs and flags. */
const maxKept = 256;
/** Rows of all kept regions, of 20 bytes: 40 MB. A region has a row for each class whose objects are in it. */
const maxRows = 2 ** 21;

/** Least recently used first. */
const kept = new Map<string, KeptVm>();

/** What is kept of the process; undefined when nothing is, or it is not of this identity. */
export function findKeptVm({ procfsPath, pid, startTicks }: ProcessRef, identity: string): KeptVm | undefined {
  const found = kept.get(`${procfsPath} ${pid} ${startTicks}`);
  return found?.identity === identity ? found : undefined;
}

/** Keeps it, as the most recently used one. */
export function keepVm({ procfsPath, pid, startTicks }: ProcessRef, vm: KeptVm): void {
  const key = `${procfsPath} ${pid} ${startTicks}`;
  kept.delete(key);
  kept.set(key, vm);
  let rows = 0;
  for (const one of [...kept.values()].reverse()) {
    rows += one.regions?.rows ?? 0;
    if (rows > maxRows) delete one.regions;
  }
  for (const oldest of kept.keys()) {
    if (kept.size <= maxKept) break;
    kept.delete(oldest);
  }
}
