import type { FloorReading } from '../../analysis/floor.ts';
import type { HistoryReading } from '../../model/history.ts';

/** The readings of the last minutes that tell the heap in use, as they are looked through in every round. */
export interface FloorWindow {
  /** Adds a reading, and answers with all that are in the window now. */
  add(reading: HistoryReading): readonly FloorReading[];
}

/** Holds whatever the clocks do: a round is never shorter than a 240th of the window. */
const MOST_READINGS = 1000;

export function createFloorWindow(seconds: number): FloorWindow {
  const window: FloorReading[] = [];
  return {
    add({ atSeconds, heapUsedBytes, fullCollections }) {
      // A clock that was set back would leave readings in the future, for ever the newest.
      while (window.length > 0 && window.at(-1)!.atSeconds >= atSeconds) window.pop();
      while (window.length > 0 && window[0]!.atSeconds < atSeconds - seconds) window.shift();
      if (window.length === MOST_READINGS) window.shift();
      if (heapUsedBytes !== undefined) {
        const known = { atSeconds, usedBytes: heapUsedBytes };
        window.push(fullCollections === undefined ? known : { ...known, fullCollections });
      }
      return window;
    },
  };
}
