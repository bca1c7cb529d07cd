import type { LiveFloor } from '../../../model/vitals.ts';
import type { PerfData } from '../perf-data/perf-data-source.ts';
import type { CollectorReading } from './collectors.ts';
import type { HeapSpaces } from './heap-spaces.ts';

/** G1 does without full collections; one that is so long past says nothing of the heap of now. */
const g1FloorSeconds = 15 * 60;

/**
 * Keeps what was in use right after the last full collection. With Serial and Parallel the survivors and the old generation
 * change at collections only, as far as the performance data tell, so that it can be read long afterwards, until the next
 * young collection. G1 puts its largest objects into the old generation at any time: there it is read only at the first
 * reading after the collection. Where other collections have followed by then it is what was in use after the last of
 * them. Before the first reading that shows a full collection it is not known, nor is G1's any more when the heap has been
 * collected in other ways for 15 minutes.
 */
export function createLiveFloor(): (
  data: PerfData,
  spaces: HeapSpaces,
  collectors: readonly CollectorReading[],
) => LiveFloor | undefined {
  let floor: LiveFloor | undefined;
  let collections: number | undefined;
  return (data, { used }, readings) => {
    const full = readings.find((one) => one.full);
    const startMilliseconds = data.number('sun.rt.createVmBeginTime');
    if (full === undefined || startMilliseconds === undefined || isCollecting(data)) return floor;
    // The pauses of a concurrent cycle move nothing.
    const moving = readings.filter((one) => one.gc !== 'concurrent');
    const lastEndSeconds = Math.max(...moving.map((one) => one.lastEndSeconds));
    const isLast = full.collections > 0 && full.lastEndSeconds === lastEndSeconds;
    const isNew = collections !== undefined && full.collections > collections;
    const isG1 = data.text('sun.gc.policy.name') === 'GarbageFirst';
    if (isG1 && lastEndSeconds - full.lastEndSeconds > g1FloorSeconds) {
      floor = undefined;
    } else if (isNew || (collections === undefined && isLast && !isG1)) {
      floor = { bytes: (used.old ?? 0) + (used.survivor ?? 0), atSeconds: startMilliseconds / 1000 + lastEndSeconds };
    }
    collections = full.collections;
    return floor;
  };
}

/** Whether a collection is running now, of which the counters tell nothing yet. */
export function isCollecting(data: PerfData): boolean {
  return (data.text('sun.gc.cause') ?? 'No GC') !== 'No GC';
}
