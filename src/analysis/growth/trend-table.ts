import type { Trend } from './trend.ts';

/** Trends by number, in little memory: there are hundreds of a target. Their numbers come back with 24 bits. */
export interface TrendTable {
  get(index: number): Trend | undefined;
  set(index: number, trend: Trend | undefined): void;
}

const FIELDS = [
  'significance',
  'gain',
  'base',
  'noise',
  'points',
  'straightness',
  'straightnessError',
  'startSeconds',
  'endSeconds',
  'spanSeconds',
  'perSecond',
  'value',
  'rise',
  'loadRise',
  'firstSeconds',
  'firstValue',
  'earlierPeak',
] as const satisfies readonly (keyof Trend)[];

const FIRST_ROWS = 8;
const NONE = -1;

/** For numbers from 0 to `most` - 1. */
export function createTrendTable(most: number): TrendTable {
  /** A trend that ends leaves its row to the next of the same number. */
  const rowOf = new Int16Array(most).fill(NONE);
  const isKnown = new Uint8Array(most);
  let cells = new Float32Array(0);
  let rows = 0;

  function newRow(): number {
    if (rows * FIELDS.length === cells.length) {
      const larger = new Float32Array(Math.min(Math.max(FIRST_ROWS, 2 * rows), most) * FIELDS.length);
      larger.set(cells);
      cells = larger;
    }
    return rows++;
  }

  return {
    get(index) {
      if (isKnown[index] === 0) return undefined;
      const trend: { -readonly [Field in keyof Trend]?: number } = {};
      let cell = rowOf[index]! * FIELDS.length;
      for (const field of FIELDS) trend[field] = cells[cell++]!;
      return trend as Trend;
    },
    set(index, trend) {
      isKnown[index] = Number(trend !== undefined);
      if (trend === undefined) return;
      if (rowOf[index] === NONE) rowOf[index] = newRow();
      let cell = rowOf[index]! * FIELDS.length;
      for (const field of FIELDS) cells[cell++] = trend[field];
    },
  };
}
