import type { PastCensus, TypeCount } from './api-types.ts';

/** How one type changed between the first and the last census of a window. */
export interface TypeChange {
  readonly type: string;
  readonly count: number;
  readonly bytes: number;
  /** Absent when the type was not among the exported ones at the beginning: it was small, or not there. */
  readonly countDelta?: number;
  readonly bytesDelta?: number;
}

/** Of all types of the last census, those that gained most objects first. */
export function typeGrowth(censuses: readonly PastCensus[]): TypeChange[] {
  const [first, last] = [censuses[0], censuses.at(-1)];
  if (first === undefined || last === undefined) return [];
  const before = new Map<string, TypeCount>(first.types.map((row) => [row.type, row]));
  const changes = last.types
    .filter(({ type }) => type !== '(other)')
    .map(({ type, count, bytes }) => {
      const old = before.get(type);
      return {
        type,
        count,
        bytes,
        ...(old && first !== last && { countDelta: count - old.count, bytesDelta: bytes - old.bytes }),
      };
    });
  return changes.sort((a, b) => (b.countDelta ?? 0) - (a.countDelta ?? 0) || b.count - a.count);
}
