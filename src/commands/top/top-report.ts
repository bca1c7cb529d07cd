import type { Census, TypeCount } from '../../model/census.ts';
import type { Detection } from '../../model/target.ts';
import type { HeapVitals } from '../../model/vitals.ts';
import { jsonLine } from '../json-line.ts';
import { textTable } from '../text-table.ts';
import type { TypeGrowth } from './growth.ts';

/** What one run of `heapwatch top` found. */
export interface TopFindings {
  readonly pid: number;
  readonly detection: Detection;
  readonly census: Census;
  /** Of all types that changed, when two censuses were taken. */
  readonly growth?: readonly TypeGrowth[];
  readonly growthSeconds?: number;
  /** What the runtime's collector says of itself, where it can be read. */
  readonly collector?: Pick<HeapVitals, 'gcEnabled' | 'garbageObjects' | 'survivingObjects'>;
}

/** One JSON line: the contract for scripts. Sizes in bytes, null where they are unknown; times in milliseconds. */
export function topJson({ pid, detection, census, growth, collector }: TopFindings, limit: number): string {
  const report = {
    pid,
    runtime: detection.runtime,
    version: detection.version,
    duration_ms: Math.round(census.durationSeconds * 1e6) / 1e3,
    quality: {
      skipped_ratio: census.quality.skippedRatio,
      scanned_bytes: census.quality.scannedBytes,
      ...(census.quality.sampledRatio !== undefined && { sampled_ratio: census.quality.sampledRatio }),
    },
    ...(collector?.survivingObjects !== undefined && {
      garbage: { tracked: trackedObjects(census), kept_by_last_full_collection: collector.survivingObjects },
    }),
    objects: census.objects,
    bytes: census.bytes,
    types: census.types.slice(0, limit).map(({ type, count, bytes, trackedCount, youngCount, youngBytes }) => ({
      type,
      count,
      bytes,
      ...(trackedCount !== undefined && { tracked: trackedCount }),
      ...(youngCount !== undefined && { young: youngCount, young_bytes: youngBytes }),
    })),
    ...(growth && {
      growth: growth.map((row) => ({ type: row.type, count_delta: row.countDelta, bytes_delta: row.bytesDelta })),
    }),
  };
  return jsonLine(report);
}

/** The table for people, with a heading line above and what to know about the counts below. */
export function topTable(findings: TopFindings, limit: number): string {
  const { pid, detection, census, growth, growthSeconds } = findings;
  const tracked = census.types.some((row) => row.trackedCount !== undefined);
  const young = census.types.some((row) => row.youngCount !== undefined);
  const counts = (row: TypeCount | undefined) => [
    String(row?.count ?? 0),
    ...(tracked ? [String(row?.trackedCount ?? 0)] : []),
    ...(young ? [String(row?.youngCount ?? 0)] : []),
    sizeText(row?.bytes ?? 0),
  ];
  const countHeading = ['count', ...(tracked ? ['tracked'] : []), ...(young ? ['young'] : []), 'bytes'];
  const head =
    `${detection.runtime} ${detection.version}, pid ${pid}: ${census.objects} objects of ${census.types.length} types, ` +
    `${sizeText(census.bytes)} bytes; read in ${(census.durationSeconds * 1000).toFixed(0)} ms` +
    `${growthSeconds === undefined ? '' : `, compared with ${growthSeconds} s before`}\n`;
  if (!growth) {
    const rows = census.types.slice(0, limit).map((row) => [row.type, ...counts(row)]);
    return head + textTable(['type', ...countHeading], rows) + notes(findings, rows.length, census.types.length);
  }
  const now = new Map(census.types.map((row) => [row.type, row]));
  const rows = growth
    .slice(0, limit)
    .map((row) => [row.type, signed(row.countDelta), signed(row.bytesDelta), ...counts(now.get(row.type))]);
  const table = textTable(['type', 'growth', 'bytes growth', ...countHeading], rows);
  return head + table + notes(findings, rows.length, growth.length);
}

function notes({ census, detection, growth, collector }: TopFindings, shown: number, all: number): string {
  const lines = [
    ...(shown < all ? [`Left out: ${all - shown} of ${all} types; --limit ${all} shows all.`] : []),
    ...(growth && all === 0 ? ['No type changed.'] : []),
    Number.isNaN(census.bytes)
      ? 'Asked through the inspector: only objects that Object.prototype is behind, after a collection, without sizes.'
      : `Counts include ${detection.runtime === 'cpython' ? 'cyclic ' : ''}garbage that no collection has freed yet.`,
    ...(census.types.some((row) => row.youngCount !== undefined)
      ? ['young: in the new generation, where most of the garbage is.']
      : []),
    ...(collector?.survivingObjects !== undefined
      ? [
          `The last full collection kept ${collector.survivingObjects} tracked objects, and there are ` +
            `${trackedObjects(census)} now: which of them are garbage, only the next one tells.`,
        ]
      : []),
    ...(detection.runtime === 'cpython' ? ['tracked: what gc.get_objects() and objgraph see.'] : []),
    ...(collector?.gcEnabled === false
      ? ['The cyclic collector is switched off (gc.disable()): garbage in cycles is never freed.']
      : []),
    ...(collector?.garbageObjects
      ? [`${collector.garbageObjects} of them are in gc.garbage: found unreachable, and kept for ever.`]
      : []),
    ...(census.quality.sampledRatio !== undefined
      ? [`The heap is very large: counts are scaled up from ${(census.quality.sampledRatio * 100).toFixed(0)} % of it.`]
      : []),
    ...(census.quality.skippedRatio > 0.001
      ? [`${(census.quality.skippedRatio * 100).toFixed(1)} % of the heap could not be read or understood.`]
      : []),
  ];
  return `${lines.join('\n')}\n`;
}

function trackedObjects({ types }: Census): number {
  return types.reduce((sum, row) => sum + (row.trackedCount ?? 0), 0);
}

function signed(delta: number): string {
  return delta > 0 ? `+${delta}` : sizeText(delta);
}

/** `?` for what is not known. */
function sizeText(bytes: number): string {
  return Number.isNaN(bytes) ? '?' : String(bytes);
}
