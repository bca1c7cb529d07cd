/**
 * A past in several resolutions: the finest level keeps the last minutes in short steps, each next one looks back four
 * times as far in steps four times as long. Its size does not depend on how much is added.
 */
export interface Scales {
  /** Adds one row; what is NaN is not known. Times ascend, in seconds from 0. */
  add(atSeconds: number, row: Float64Array): void;
  /** Of the last row; 0 before the first. */
  readonly lastSeconds: number;
  readonly columns: number;
  /** The finest first. */
  readonly levels: readonly Level[];
  /** The first that was ever known of a column. */
  first(column: number): First | undefined;
  /** Forgets a column, so that it can hold something else. */
  clearColumn(column: number): void;
  state(): ScalesState;
}

/** The steps of one level, the oldest first, the last still open. A value is the mean of its step, NaN when not known. */
export interface Level {
  readonly stepSeconds: number;
  readonly length: number;
  /** Copies a column into the front of `into`. */
  read(column: number, into: Float64Array): void;
}

export interface First {
  readonly atSeconds: number;
  readonly value: number;
}

export interface ScalesState {
  /** By column. */
  readonly firsts: readonly (First | null)[];
  /** For each level the number of its last step and its rows, the oldest first. */
  readonly levels: readonly { readonly step: number; readonly rows: readonly (readonly (number | null)[])[] }[];
}

export interface ScalesOptions {
  readonly columns: number;
  /** Of the finest level. */
  readonly stepSeconds: number;
  readonly levels: number;
  /** Steps of each level. */
  readonly length: number;
}

const ZOOM = 4;
const FIRST_ROWS = 8;

/** `saved` is the state of scales with the same options; what does not fit is left out. */
export function createScales({ columns, stepSeconds, levels, length }: ScalesOptions, saved?: ScalesState): Scales {
  const rings = Array.from({ length: levels }, (_, index) => createRing(columns, stepSeconds * ZOOM ** index, length));
  for (const [index, { step, rows }] of (saved?.levels ?? []).entries()) rings[index]?.restore(step, rows);
  const firsts = Array.from({ length: columns }, (_, column) => saved?.firsts[column] ?? undefined);
  let lastSeconds = 0;
  return {
    columns,
    levels: rings,
    get lastSeconds() {
      return lastSeconds;
    },
    add(atSeconds, row) {
      lastSeconds = atSeconds;
      for (const ring of rings) ring.add(atSeconds, row);
      for (let column = 0; column < columns; column++) {
        if (firsts[column] === undefined && !Number.isNaN(row[column]!))
          firsts[column] = { atSeconds, value: row[column]! };
      }
    },
    first: (column) => firsts[column],
    clearColumn(column) {
      for (const ring of rings) ring.clearColumn(column);
      firsts[column] = undefined;
    },
    state: () => ({ firsts: firsts.map((first) => first ?? null), levels: rings.map((ring) => ring.state()) }),
  };
}

interface Ring extends Level {
  add(atSeconds: number, row: Float64Array): void;
  clearColumn(column: number): void;
  state(): ScalesState['levels'][number];
  restore(step: number, rows: ScalesState['levels'][number]['rows']): void;
}

function createRing(columns: number, stepSeconds: number, most: number): Ring {
  // 24 bits tell a byte of 16 MB and a second of half a year: enough for trends. It grows to `most` rows as they come: the
  // coarse levels of a young process have few.
  let cells = new Float32Array(0);
  let capacity = 0;
  /** How many values each cell of the open step is the mean of. */
  const counts = new Uint32Array(columns);
  let openStep = -1;
  let head = -1;
  let length = 0;

  function grow(): void {
    capacity = Math.min(Math.max(FIRST_ROWS, 2 * capacity), most);
    const larger = new Float32Array(capacity * columns);
    larger.set(cells);
    cells = larger;
  }

  function open(step: number): void {
    openStep = step;
    if (length === capacity && capacity < most) grow();
    head = (head + 1) % capacity;
    length = Math.min(length + 1, capacity);
    cells.fill(Number.NaN, head * columns, (head + 1) * columns);
    counts.fill(0);
  }

  const rowAt = (index: number) => ((head - length + 1 + index + capacity) % capacity) * columns;

  return {
    stepSeconds,
    get length() {
      return length;
    },
    read(column, into) {
      if (length === 0) return;
      const end = capacity * columns;
      let cell = rowAt(0) + column;
      for (let index = 0; index < length; index++) {
        into[index] = cells[cell]!;
        cell += columns;
        if (cell >= end) cell -= end;
      }
    },
    add(atSeconds, row) {
      const step = Math.floor(atSeconds / stepSeconds);
      if (step > openStep) open(step);
      const base = head * columns;
      for (let column = 0; column < columns; column++) {
        const value = row[column]!;
        if (Number.isNaN(value)) continue;
        const count = ++counts[column]!;
        const before = count === 1 ? value : cells[base + column]!;
        cells[base + column] = before + (value - before) / count;
      }
    },
    clearColumn(column) {
      for (let row = 0; row < capacity; row++) cells[row * columns + column] = Number.NaN;
      counts[column] = 0;
    },
    state: () => ({
      step: openStep,
      rows: Array.from({ length }, (_, index) =>
        Array.from(cells.subarray(rowAt(index), rowAt(index) + columns), (value) =>
          Number.isNaN(value) ? null : value,
        ),
      ),
    }),
    restore(step, rows) {
      for (const row of rows) {
        open(step);
        for (const [column, value] of row.slice(0, columns).entries()) {
          if (value === null) continue;
          cells[head * columns + column] = value;
          counts[column] = 1;
        }
      }
    },
  };
}
