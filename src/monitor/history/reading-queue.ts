import type { HistoryReading } from '../../model/history.ts';
import type { Queue } from './thinned-window.ts';

/** Known of every reading. The first is its time. */
const REQUIRED = ['atSeconds', 'residentBytes', 'cpuSeconds'] as const;
/** What was not known is written as NaN. */
const OPTIONAL = [
  'threads',
  'heapUsedBytes',
  'heapLiveBytes',
  'workingSetBytes',
  'fullCollections',
  'openFds',
] as const;
const COLUMNS = [...REQUIRED, ...OPTIONAL] satisfies (keyof HistoryReading)[];
/** A reading takes 8 bytes for each of them. */
const WIDTH = COLUMNS.length;

const FIRST_ROWS = 16;

/** Keeps at most `most` readings in one array of numbers, which grows with them: there is a history for every target. */
export function createReadingQueue(most: number): Queue<HistoryReading> {
  let rows = new Float64Array(Math.min(most, FIRST_ROWS) * WIDTH);
  let start = 0;
  let length = 0;

  function place(index: number): number {
    return ((start + index) * WIDTH) % rows.length;
  }

  function read(index: number): HistoryReading | undefined {
    if (index < 0 || index >= length) return undefined;
    const at = place(index);
    const reading: { -readonly [Column in keyof HistoryReading]: HistoryReading[Column] } = {
      atSeconds: rows[at]!,
      residentBytes: rows[at + 1]!,
      cpuSeconds: rows[at + 2]!,
    };
    for (let offset = REQUIRED.length; offset < WIDTH; offset++) {
      const value = rows[at + offset]!;
      if (!Number.isNaN(value)) reading[COLUMNS[offset]!] = value;
    }
    return reading;
  }

  function grow(): void {
    const larger = new Float64Array(Math.min(most * WIDTH, rows.length * 2));
    const unrolled = place(0);
    larger.set(rows.subarray(unrolled));
    larger.set(rows.subarray(0, unrolled), rows.length - unrolled);
    rows = larger;
    start = 0;
  }

  return {
    get length() {
      return length;
    },
    first: () => read(0),
    last: () => read(length - 1),
    push(reading) {
      if (length * WIDTH === rows.length) grow();
      const at = place(length++);
      for (const [offset, column] of COLUMNS.entries()) rows[at + offset] = reading[column] ?? Number.NaN;
    },
    shift() {
      const reading = read(0);
      if (reading === undefined) return undefined;
      start = place(1) / WIDTH;
      length--;
      return reading;
    },
    pop() {
      const reading = read(length - 1);
      if (reading !== undefined) length--;
      return reading;
    },
    items: () => Array.from({ length }, (_, index) => read(index)!),
  };
}
