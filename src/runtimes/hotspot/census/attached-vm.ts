import { readLivingProcessStat } from '../../../linux/process-stat.ts';
import { ProcessMemory, readMappings } from '../../../memory/process-memory.ts';
import { ReadFailure } from '../../../model/failure.ts';
import type { ProcessRef } from '../../../model/target.ts';
import { giveUp } from '../../vanished.ts';
import { type Flags, findFlagPlaces, flagsAt } from '../flags.ts';
import { requireHotspot } from '../libjvm.ts';
import { openPerfData, type PerfData } from '../perf-data/perf-data-source.ts';
import { VmMemory } from '../vm-memory.ts';
import { readVmStructs } from '../vm-structs.ts';
import { findKeptVm, type KeptVm } from './kept-vms.ts';

/** A JVM opened for a census. */
export interface AttachedVm {
  readonly vm: VmMemory;
  readonly flags: Flags;
  /** Absent where the JVM keeps none. */
  readonly data?: PerfData;
  readonly kept: KeptVm;
  /** What the process can read of its own memory, as the kernel has it. */
  readonly readableBytes: number;
  close(): void;
}

/** Opens a JVM for a census. Throws `ReadFailure` of every kind; leaves nothing open then. */
export function attachVm(process: ProcessRef): AttachedVm {
  // Opened first: after an exec it reads as nothing, and so never mixes an old program's addresses with a new memory.
  const memory = new ProcessMemory(process);
  try {
    const mappings = readMappings(process);
    const libjvm = requireHotspot(process, mappings);
    // The open file is bound to the address space it was opened for: if that is still ours now, it stays ours.
    readLivingProcessStat(process);
    const { path } = libjvm;
    const mapping = mappings.find((one) => one.path === path)!;
    const identity = `${mapping.inode} ${mapping.start} ${path}`;
    let kept = findKeptVm(process, identity);
    if (kept === undefined) {
      const structs = readVmStructs(memory, mappings, path);
      kept = { identity, structs, flagPlaces: findFlagPlaces(memory, mappings, path, structs) };
    }
    const data = openData(() => openPerfData(memory, mappings, kept.structs));
    return {
      vm: new VmMemory(memory, kept.structs),
      flags: flagsAt(memory, kept.flagPlaces),
      ...(data && { data }),
      kept,
      readableBytes: mappings.reduce((sum, one) => sum + (one.readable ? one.end - one.start : 0), 0),
      close() {
        memory.close();
        data?.close();
      },
    };
  } catch (error) {
    throw giveUp(error, memory);
  }
}

function openData(open: () => PerfData): PerfData | undefined {
  let data: PerfData | undefined;
  try {
    data = open();
    data.read();
    return data;
  } catch (error) {
    data?.close();
    if (error instanceof ReadFailure && error.kind !== 'busy') return undefined;
    throw error;
  }
}
