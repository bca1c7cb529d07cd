import { ReadFailure } from '../model/failure.ts';
import type { HistoryCensus, HistoryReading, TargetHistory } from '../model/history.ts';

/** The order of a reading's numbers in a line; null is what was not known. */
const COLUMNS = [
  'atSeconds',
  'residentBytes',
  'cpuSeconds',
  'threads',
  'heapUsedBytes',
  'heapLiveBytes',
  'workingSetBytes',
  'fullCollections',
  'openFds',
] as const satisfies readonly (keyof HistoryReading)[];
/** The first of them are known of every reading. */
const REQUIRED_COLUMNS = 4;

/** More than we ever write; the bounds of what we believe. */
const MOST_READINGS = 2000;
const MOST_CENSUSES = 200;
const MOST_TYPES = 1001;
const NAME_LENGTH = 1000;

/** A history as one line of JSON. Names of types are left out where they are those of the census before. */
export function formatHistory({ readings, censuses }: TargetHistory): string {
  let lastNames = '';
  return JSON.stringify({
    readings: readings.map((reading) => COLUMNS.map((column) => reading[column] ?? null)),
    censuses: censuses.map(({ atSeconds, types }) => {
      const names = types.map(({ type }) => type);
      const numbers = types.flatMap(({ count, bytes }) => [count, bytes]);
      const same = JSON.stringify(names) === lastNames;
      lastNames = JSON.stringify(names);
      return { atSeconds, ...(!same && { names }), numbers };
    }),
  });
}

/** Throws `unreadable`. */
export function parseHistory(line: string): TargetHistory {
  try {
    const { readings, censuses } = JSON.parse(line);
    return { readings: listOf(readings, MOST_READINGS).map(parseReading), censuses: parseCensuses(censuses) };
  } catch (cause) {
    throw new ReadFailure('unreadable', `a history is not as heapwatch writes it: ${(cause as Error).message}`, {
      cause,
    });
  }
}

function parseReading(row: unknown): HistoryReading {
  const values = listOf(row, COLUMNS.length);
  const known = COLUMNS.flatMap((column, index) =>
    index >= REQUIRED_COLUMNS && values[index] === null ? [] : [[column, quantity(values[index])]],
  );
  return Object.fromEntries(known);
}

function parseCensuses(list: unknown): HistoryCensus[] {
  let names: string[] = [];
  return listOf(list, MOST_CENSUSES).map((census) => {
    const { atSeconds, names: newNames, numbers } = census as Record<string, unknown>;
    if (newNames !== undefined) names = listOf(newNames, MOST_TYPES).map(typeName);
    const values = listOf(numbers, 2 * names.length);
    const types = names.map((type, index) => ({
      type,
      count: quantity(values[2 * index]),
      bytes: quantity(values[2 * index + 1]),
    }));
    return { atSeconds: quantity(atSeconds), types };
  });
}

function listOf(value: unknown, most: number): unknown[] {
  if (Array.isArray(value) && value.length <= most) return value;
  throw new TypeError(`not a list of at most ${most}`);
}

function quantity(value: unknown): number {
  if (typeof value === 'number' && Number.isFinite(value) && value >= 0) return value;
  throw new TypeError('not a number from 0');
}

function typeName(value: unknown): string {
  if (typeof value === 'string' && value.length <= NAME_LENGTH) return value;
  throw new TypeError('not the name of a type');
}
