import type { HeapVitals } from '../../../model/vitals.ts';
import type { Flags } from '../flags.ts';
import type { PerfData } from '../perf-data/perf-data-source.ts';
import type { HeapSpaces } from './heap-spaces.ts';

type Ceilings = Pick<HeapVitals, 'limitBytes' | 'initialBytes' | 'limits'>;

/**
 * Reads the sizes that a JVM does not let itself exceed, as its flags have them in effect, whatever its command line said:
 * they are set before the heap is made, and the answer reads no memory.
 */
export function findCeilings(flags: Flags | undefined, data: PerfData): (spaces: HeapSpaces) => Ceilings {
  const maxHeapBytes = flags?.number('MaxHeapSize');
  const initialBytes = flags?.number('InitialHeapSize');
  // Without a limit it is the largest number of 64 bits, which is not read.
  const metaspaceLimit = flags?.number('MaxMetaspaceSize');
  const isAdaptive = flags?.bool('UseAdaptiveSizePolicy');
  const directLimit = flags?.number('MaxDirectMemorySize') || readMostObjectBytes(data, maxHeapBytes, isAdaptive);
  return (spaces) => {
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

/**
 * What Runtime.maxMemory() says: without `-XX:MaxDirectMemorySize` direct buffers may take as much (maxDirectMemory of
 * jdk.internal.misc.VM, sun.misc.VM in JDK 8). Serial and Parallel leave out the survivor space that is empty by turns, at
 * its largest; a Serial after JDK 25 and a Parallel with fixed sizes leave out less, and what they do is not told.
 */
function readMostObjectBytes(
  data: PerfData,
  maxHeapBytes: number | undefined,
  isAdaptive: boolean | undefined,
): number | undefined {
  const policy = data.text('sun.gc.policy.name') ?? '';
  if (maxHeapBytes === undefined || !policy.includes(':')) return maxHeapBytes;
  const isKnown = policy.startsWith('ParScav') ? isAdaptive : readRelease(data) <= 25;
  const survivorBytes = data.number('sun.gc.generation.0.space.1.maxCapacity');
  return isKnown && survivorBytes !== undefined && survivorBytes < maxHeapBytes
    ? maxHeapBytes - survivorBytes
    : undefined;
}

/** 11, 17...; 1 for all up to 8. */
function readRelease(data: PerfData): number {
  return Number.parseInt(data.text('java.property.java.version') ?? '', 10);
}
