import { oldGeneration } from '../../analysis/old-generation.ts';
import type { Census, TypeCount } from '../../model/census.ts';

/** How much more of a type a second census found than the first. */
export interface TypeGrowth {
  readonly type: string;
  readonly countDelta: number;
  readonly bytesDelta: number;
}

/**
 * What containers are filled with. Each new element of a queue brings its own strings and numbers, so they grow in step
 * with what holds them, and a few more of them than of their holders exist at any moment.
 */
const leafTypes = new Set([
  ...['str', 'bytes', 'bytearray', 'int', 'float', 'complex'],
  ...['(string)', '(concatenated string)', '(sliced string)', '(number)', '(bigint)', '(array)', '(context)'],
  ...['Array', 'ArrayBuffer', '(array buffer)'],
]);

/** Counts that grow within this share of each other grow in step: a scan of a busy process is off by up to 1.3 %. */
const inStep = 0.02;
/** V8 makes a few objects old at once, but many of them only by collections; its own structures, `(code)`..., not so. */
const fewBecomeOld = 50;
/** Of leaf types there is also garbage, more or less of it by chance. */
const leavesInStep = 0.1;

/**
 * The difference of two censuses of one process, without the types that did not change. Descending by growth of count;
 * among types that grow in step the leaf types come last, since what holds them is what somebody keeps.
 */
export function compareCensuses(before: Census, after: Census): TypeGrowth[] {
  const comparable = hasCollected(before, after) ? oldGeneration : (types: readonly TypeCount[]) => types;
  const earlier = new Map(comparable(before.types).map((row) => [row.type, row]));
  const growth: TypeGrowth[] = [];
  for (const row of comparable(after.types)) {
    const old = earlier.get(row.type);
    earlier.delete(row.type);
    growth.push(grown(row.type, row.count - (old?.count ?? 0), row.bytes - (old?.bytes ?? 0)));
  }
  for (const old of earlier.values()) growth.push(grown(old.type, -old.count, -old.bytes));
  const changed = growth.filter((row) => row.countDelta !== 0 || Math.abs(row.bytesDelta) > 0);
  changed.sort((a, b) => b.countDelta - a.countDelta || b.bytesDelta - a.bytesDelta || compareText(a.type, b.type));
  return containersFirst(changed);
}

/**
 * Whether the new generation was collected in between. What is young then is mostly garbage, more or less of it by chance,
 * and what stays is old; without a collection hardly anything has become old, and young objects only become more.
 */
function hasCollected(before: Census, after: Census): boolean {
  const now = new Map(after.types.map((row) => [row.type, row]));
  return before.types.some(({ type, count, youngCount }) => {
    const row = now.get(type);
    if (youngCount === undefined || row?.youngCount === undefined) return youngCount !== undefined && youngCount > 0;
    const becameOld = row.count - row.youngCount - (count - youngCount);
    return row.youngCount < youngCount || (!type.startsWith('(') && becameOld >= fewBecomeOld);
  });
}

function grown(type: string, countDelta: number, bytesDelta: number): TypeGrowth {
  return { type, countDelta, bytesDelta };
}

function containersFirst(sorted: readonly TypeGrowth[]): TypeGrowth[] {
  const ordered: TypeGrowth[] = [];
  while (ordered.length < sorted.length) {
    const rest = sorted.slice(ordered.length);
    const most = rest[0]?.countDelta ?? 0;
    const share = leafTypes.has(rest[0]?.type ?? '') ? leavesInStep : inStep;
    const group = most > 0 ? rest.filter((row) => row.countDelta >= most * (1 - share)) : rest;
    const leaves = most > 0 ? group.filter((row) => leafTypes.has(row.type)) : [];
    ordered.push(...group.filter((row) => !leaves.includes(row)), ...leaves);
  }
  return ordered;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
