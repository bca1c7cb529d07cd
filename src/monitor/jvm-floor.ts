import type { HistoryReading } from '../model/history.ts';
import type { HeapVitals, LiveFloor } from '../model/vitals.ts';

/**
 * What verdicts on a JVM take for its collections and its floor. Until a collector has looked through the whole heap nobody
 * knows what of it lives, and what was promoted and died since is in use all the same: so there is no floor before. G1 in
 * good health never stops the program for a full collection; its concurrent cycles look through the heap as well. The
 * collections after a cycle free what it has found, so that the lowest use up to the next cycle is the floor; eden, full of
 * what nobody has looked at, is left out.
 */
export function createJvmFloor(): (reading: HistoryReading, heap: HeapVitals) => HistoryReading {
  let cycles: number | undefined;
  let hasCycled = false;
  let live: LiveFloor | undefined;
  /** Since the last pause of a cycle, and between that and the one before: G1's cycles have two, close together. */
  let lowest: number | undefined;
  let lowestBefore: number | undefined;

  function endOfCycle(): number | undefined {
    const floor = lowestBefore === undefined ? undefined : Math.min(lowest ?? lowestBefore, lowestBefore);
    lowestBefore = lowest;
    lowest = undefined;
    return floor;
  }

  return (reading, heap) => {
    const concurrent = heap.gc.find(({ gc }) => gc === 'concurrent')?.collections ?? 0;
    const full = heap.gc.find((gc) => gc.full)?.collections ?? 0;
    const isEnd = cycles !== undefined && concurrent > cycles;
    const cycleFloor = isEnd ? endOfCycle() : undefined;
    hasCycled ||= isEnd;
    const used = tenuredBytes(heap);
    if (used !== undefined && hasCycled) lowest = Math.min(used, lowest ?? used);
    const isNew = heap.live !== undefined && heap.live.atSeconds !== live?.atSeconds;
    cycles = concurrent;
    live = heap.live;
    const floor = isNew ? heap.live?.bytes : cycleFloor;
    return { ...reading, fullCollections: full + concurrent, ...(floor !== undefined && { heapLiveBytes: floor }) };
  };
}

function tenuredBytes({ usedBytes, spaceUsedBytes }: HeapVitals): number | undefined {
  const { old, survivor = 0 } = spaceUsedBytes;
  return old === undefined ? usedBytes : old + survivor;
}
