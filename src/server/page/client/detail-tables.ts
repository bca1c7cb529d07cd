import { showBytes, showCount, showSeconds } from '../quantity.ts';
import type { Census, TargetDetail } from './api-types.ts';
import { el } from './element.ts';
import { table } from './table.ts';

/** Limits, collections, and how good the census is. */
export function detailTables(target: TargetDetail, nowSeconds: number): HTMLElement[] {
  return [limitsTable(target), collectionsTable(target), censusQuality(target, nowSeconds)].filter(
    (node) => node !== undefined,
  );
}

function limitsTable({ limits, assessment }: TargetDetail): HTMLElement | undefined {
  if (limits.length === 0) return undefined;
  const columns = [
    { name: 'Limit' },
    ...['Size', 'Used', 'Share', 'Time to it'].map((name) => ({ name, isNumber: true })),
  ];
  const rows = limits.map(({ limit, bytes, used_bytes, used_ratio }) => {
    const eta = assessment?.limits.find((assessed) => assessed.limit === limit)?.eta_seconds;
    return [
      limit,
      showBytes(bytes),
      used_bytes === undefined ? undefined : showBytes(used_bytes),
      used_ratio === undefined ? undefined : `${(used_ratio * 100).toFixed(1)} %`,
      eta === undefined ? undefined : showSeconds(eta),
    ];
  });
  return table('Limits that end the process', columns, rows);
}

function collectionsTable({ vitals }: TargetDetail): HTMLElement | undefined {
  const gc = vitals?.heap?.gc ?? [];
  if (gc.length === 0) return undefined;
  const columns = [
    { name: 'Collection' },
    ...['Since the start', 'Freed objects', 'Pauses in all'].map((name) => ({ name, isNumber: true })),
  ];
  const rows = gc.map(({ gc, collections, collected_objects, pause_seconds }) => [
    gc,
    showCount(collections),
    collected_objects === undefined ? undefined : showCount(collected_objects),
    pause_seconds === undefined ? undefined : `${pause_seconds.toPrecision(3)} s`,
  ]);
  return table('Garbage collections', columns, rows);
}

function censusQuality({ census, census_failure, census_results }: TargetDetail, nowSeconds: number): HTMLElement {
  const failure = census_failure && el('p', { class: 'problem' }, census_failure.message);
  const attempts = Object.entries(census_results)
    .filter(([, count]) => count > 0)
    .map(([result, count]) => `${showCount(count)} ${result.replaceAll('_', ' ')}`);
  return el(
    'section',
    { 'aria-label': 'Census' },
    el('h2', {}, 'How good the census is'),
    census && el('p', {}, censusWords(census, nowSeconds)),
    failure,
    attempts.length > 0 ? el('p', { class: 'quiet' }, `Attempts: ${attempts.join(', ')}.`) : undefined,
    el('p', { class: 'quiet' }, "Counts include garbage that no collection has freed yet; bytes are the objects' own."),
  );
}

function censusWords(census: Census, nowSeconds: number): string {
  const { objects, bytes, type_count, duration_seconds, interval_seconds, skipped_ratio, sampled_ratio } = census;
  const sampled =
    sampled_ratio === undefined ? '' : ` It looked at ${(sampled_ratio * 100).toFixed(0)} % of the heap and scaled up.`;
  const skipped =
    skipped_ratio === 0
      ? 'All of the heap was understood'
      : `${(skipped_ratio * 100).toPrecision(2)} % of the heap could not be read or understood`;
  return (
    `${showSeconds(nowSeconds - census.taken_at_seconds)} ago, in ${(duration_seconds * 1000).toFixed(0)} ms, without a pause: ` +
    `${showCount(objects)} objects of ${showCount(type_count)} types, ${showBytes(bytes)}. ${skipped}.${sampled} ` +
    `One is taken every ${showSeconds(interval_seconds)}, as the budget allows.`
  );
}
