import type { ProcessMemory } from '../../../memory/process-memory.ts';
import { ReadFailure } from '../../../model/failure.ts';
import { vanished } from '../../vanished.ts';
import type { VmStructs } from '../vm-structs.ts';
import { headerBytes, mostPerfDataBytes, readEnd } from './perf-data.ts';
import type { PerfDataSource } from './perf-data-source.ts';

/**
 * Finds the performance data where `PerfMemory::_start` points to: JVMs with `-XX:+PerfDisableSharedMem` have no file. Throws
 * `busy` for a JVM that has not begun, `unsupported` without any data.
 */
export function findMemorySource(memory: ProcessMemory, structs: VmStructs | undefined): PerfDataSource {
  const word = (name: string) => {
    const address = structs?.fields.get(name)?.at;
    return address === undefined ? undefined : memory.readWord(address);
  };
  const start = word('PerfMemory::_start');
  const bytes = word('PerfMemory::_capacity');
  if (start && bytes) return memorySource(memory, start, bytes);
  if (start === 0 && word('Universe::_collectedHeap')) {
    throw new ReadFailure(
      'unsupported',
      'this JVM keeps no performance data, as it was started with -XX:-UsePerfData: without that option heap sizes and ' +
        'collections are known',
    );
  }
  throw new ReadFailure('busy', 'this process has loaded a JVM that has not begun to work yet: try again');
}

/** The performance data at an address. Throws `unreadable` when they are too large; filling throws `busy` and `gone`. */
export function memorySource(memory: ProcessMemory, start: number, length: number): PerfDataSource {
  if (length > mostPerfDataBytes) {
    throw new ReadFailure('unreadable', `the performance data of a JVM claim ${length} bytes`);
  }
  return {
    bytes: length,
    fill(into) {
      const reads = (bytes: number) => memory.read(start, into, 0, bytes) === bytes;
      if (reads(into.length)) return into.length;
      // Behind their end nobody may have touched the pages. Before it an absent page would make 0 of all that it counts.
      if (reads(headerBytes) && reads(Math.max(0, Math.min(readEnd(into), into.length)))) return into.length;
      throw vanished(memory);
    },
    close: () => undefined,
  };
}
