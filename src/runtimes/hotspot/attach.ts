import { readLivingProcessStat } from '../../linux/process-stat.ts';
import type { Mapping } from '../../memory/mappings.ts';
import { ProcessMemory, readMappings } from '../../memory/process-memory.ts';
import { ReadFailure } from '../../model/failure.ts';
import type { ProcessRef } from '../../model/target.ts';
import { giveUp, vanished } from '../vanished.ts';
import { type Flags, readFlags } from './flags.ts';
import { type Libjvm, requireHotspot } from './libjvm.ts';
import { openPerfData, type PerfData } from './perf-data/perf-data-source.ts';
import { readVmStructs, type VmStructs } from './vm-structs.ts';

/** A JVM whose performance data have been found and read once. */
export interface AttachedJvm {
  readonly memory: ProcessMemory;
  readonly mappings: readonly Mapping[];
  readonly libjvm: Libjvm;
  readonly data: PerfData;
  /** Absent where libjvm's file cannot be opened. */
  readonly own?: { readonly structs: VmStructs; readonly flags: Flags };
  /** Throws `gone` when the process has ended or runs another program now. */
  checkAlive(): void;
  /** Idempotent. */
  close(): void;
}

/** Opens a JVM for vitals. Throws `ReadFailure` of every kind; leaves nothing open then. */
export function attach(process: ProcessRef): AttachedJvm {
  // Opened first: after an exec it reads as nothing, and so never mixes an old program's addresses with a new memory.
  const memory = new ProcessMemory(process);
  try {
    const mappings = readMappings(process);
    const libjvm = requireHotspot(process, mappings);
    // The open file is bound to the address space it was opened for: if that is still ours now, it stays ours.
    readLivingProcessStat(process);
    const structs = readStructs(memory, mappings, libjvm);
    const own = structs && { structs, flags: readFlags(memory, mappings, libjvm.path, structs) };
    // Last, as an open file of its own.
    const data = openPerfData(memory, mappings, structs);
    try {
      data.read();
    } catch (error) {
      data.close();
      throw error;
    }
    return {
      memory,
      mappings,
      libjvm,
      data,
      ...(own && { own }),
      checkAlive() {
        if (!memory.hasAddressSpace()) throw vanished(memory);
      },
      close() {
        memory.close();
        data.close();
      },
    };
  } catch (error) {
    throw giveUp(error, memory);
  }
}

/** Without them the performance data still tell most. */
function readStructs(memory: ProcessMemory, mappings: readonly Mapping[], { path }: Libjvm): VmStructs | undefined {
  try {
    return readVmStructs(memory, mappings, path);
  } catch (error) {
    if (error instanceof ReadFailure && (error.kind === 'unreadable' || error.kind === 'unsupported')) return undefined;
    throw error;
  }
}
