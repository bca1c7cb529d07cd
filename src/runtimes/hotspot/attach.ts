import { readLivingProcessStat } from '../../linux/process-stat.ts';
import type { Mapping } from '../../memory/mappings.ts';
import { ProcessMemory, readMappings } from '../../memory/process-memory.ts';
import { ReadFailure } from '../../model/failure.ts';
import type { ProcessRef } from '../../model/target.ts';
import { type Flags, readFlags } from './flags.ts';
import { findLibjvm, type Libjvm } from './libjvm.ts';
import { openPerfData, type PerfData } from './perf-data-source.ts';
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
    const libjvm = findLibjvm(mappings);
    if (libjvm === undefined) {
      throw new ReadFailure('gone', `process ${process.pid} is no JVM (any more), or it has ended`);
    }
    if (libjvm.isOpenJ9) {
      throw new ReadFailure(
        'unsupported',
        'Eclipse OpenJ9 is not supported; heapwatch reads HotSpot, as OpenJDK has it',
      );
    }
    const { image } = readLivingProcessStat(process);
    const structs = readStructs(memory, mappings, libjvm);
    const data = openPerfData(memory, mappings, structs);
    try {
      data.read();
    } catch (error) {
      data.close();
      throw error;
    }
    // The variable that points to the heap: its page is there as long as the program is.
    const pulse = structs?.fields.get('Universe::_collectedHeap')?.at ?? 0;
    return {
      memory,
      mappings,
      libjvm,
      data,
      ...(structs && { own: { structs, flags: readFlags(memory, mappings, libjvm.path, structs) } }),
      checkAlive() {
        if (memory.readWord(pulse) !== undefined) return;
        if (readLivingProcessStat(process).image === image) return; // the page is in swap
        throw new ReadFailure('gone', `process ${process.pid} runs another program now`);
      },
      close() {
        memory.close();
        data.close();
      },
    };
  } catch (error) {
    memory.close();
    throw error;
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
