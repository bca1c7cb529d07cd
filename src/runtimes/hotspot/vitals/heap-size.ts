import type { HeapVitals } from '../../../model/vitals.ts';
import type { PerfData } from '../perf-data/perf-data-source.ts';
import type { CurrentUse } from './current-use.ts';
import type { HeapSpaces } from './heap-spaces.ts';

type HeapSize = Pick<HeapVitals, 'usedBytes' | 'committedBytes' | 'spaceUsedBytes'>;

/** The size of the heap and its parts; a sum of which a part is not known is not either. */
export function heapSizeOf(data: PerfData, spaces: HeapSpaces, current: CurrentUse): HeapSize {
  const used = { ...spaces.used, ...current.used };
  // The only space of a collector that does not divide the heap.
  if (current.usedBytes !== undefined && Object.keys(used).length === 1) used.old = current.usedBytes;
  const isWhole = current.used?.eden !== undefined || tellEdenOfNow(data);
  if (!isWhole) delete used.eden;
  const usedBytes = current.usedBytes ?? (isWhole ? sum(used) : undefined);
  const committedBytes = current.committedBytes ?? sum(spaces.committed);
  return {
    ...(usedBytes && { usedBytes }),
    ...(committedBytes > 0 && { committedBytes }),
    // A JVM that runs has objects: G1 tells nothing before its first region is full.
    spaceUsedBytes: usedBytes === 0 ? {} : used,
  };
}

/**
 * Whether the performance data tell what is in eden now. Serial and Parallel sampled it 20 times a second, with the time of
 * the sample, up to JDK 21; since then they tell what the last collection left in it, which is nothing.
 */
function tellEdenOfNow(data: PerfData): boolean {
  const hasBorders = data.text('sun.gc.policy.name')?.includes(':');
  return !hasBorders || data.number('sun.os.hrt.ticks') !== undefined;
}

function sum(bytes: Readonly<Record<string, number>>): number {
  return Object.values(bytes).reduce((total, value) => total + value, 0);
}
