import type { HeapVitals } from '../../model/vitals.ts';
import type { Flags } from './flags.ts';
import type { HeapSpaces } from './heap-spaces.ts';
import type { PerfData } from './perf-data-source.ts';

type Ceilings = Pick<HeapVitals, 'limitBytes' | 'initialBytes' | 'limits'>;

/**
 * Reads the sizes that a JVM does not let itself exceed, as its flags have them in effect, whatever its command line said:
 * they are set before the heap is made, and the answer reads no memory. Without `-XX:MaxDirectMemorySize` direct buffers
 * may take as much as the heap (jdk.internal.misc.VM.maxDirectMemory).
 */
export function findCeilings(flags: Flags | undefined): (data: PerfData, spaces: HeapSpaces) => Ceilings {
  const maxHeapBytes = flags?.number('MaxHeapSize');
  const initialBytes = flags?.number('InitialHeapSize');
  // Without a limit it is the largest number of 64 bits, which is not read.
  const metaspaceLimit = flags?.number('MaxMetaspaceSize');
  const directLimit = flags?.number('MaxDirectMemorySize') || maxHeapBytes;
  return (data, spaces) => {
    const limitBytes = maxHeapBytes ?? spaces.limitBytes;
    // What is committed counts against the limit; as of the last collection, 0 before the first.
    const metaspaceBytes = data.number('sun.gc.metaspace.capacity');
    return {
      ...(limitBytes !== undefined && { limitBytes }),
      ...(initialBytes !== undefined && { initialBytes }),
      limits: {
        ...(metaspaceLimit !== undefined && {
          metaspace: { limitBytes: metaspaceLimit, ...(metaspaceBytes && { usedBytes: metaspaceBytes }) },
        }),
        ...(directLimit !== undefined && { direct: { limitBytes: directLimit } }),
      },
    };
  };
}
