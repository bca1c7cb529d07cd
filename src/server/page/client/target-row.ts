import { showBytes, showCount, showSeconds } from '../quantity.ts';
import type { LimitUse, TargetSummary } from './api-types.ts';
import { el, fill, setText } from './element.ts';
import type { Trend } from './feed.ts';
import { runtimeTitle } from './runtime-name.ts';
import { createSparkline } from './sparkline.ts';
import { usageBar } from './usage-bar.ts';
import { badgeText, verdictBadge } from './verdict-badge.ts';

const SHOWN_SUSPECTS = 3;

/** The line of one target, changed in place. */
export interface TargetRow {
  readonly node: HTMLElement;
  update(target: TargetSummary, trend: Trend): void;
}

export function createTargetRow(id: string): TargetRow {
  const link = el('a', { href: `#/targets/${id}` });
  const what = el('small');
  const verdict = el('td', { class: 'verdict' });
  const spark = createSparkline();
  const sizes = el('small');
  const limit = el('td', { class: 'limit', 'data-label': 'Nearest limit' });
  const eta = el('td', { class: 'eta', 'data-label': 'Time to it' });
  const types = el('td', { class: 'types', 'data-label': 'What fills it' });
  const node = el(
    'tr',
    {},
    el('th', { scope: 'row' }, link, what),
    verdict,
    el('td', { class: 'trend' }, spark.node, sizes),
    limit,
    eta,
    types,
  );
  let shownVerdict = '';
  let shownTypes = '';

  return {
    node,
    update(target, trend) {
      setText(link, target.service_name);
      setText(what, `${runtimeTitle(target)} · pid ${target.pid}`);
      if (badgeText(target) !== shownVerdict) {
        shownVerdict = badgeText(target);
        fill(verdict, verdictBadge(target));
      }
      spark.update(trend);
      setText(sizes, sizesOf(target));
      fill(limit, ...limitOf(target.nearest_limit));
      const left = target.oom_eta_seconds;
      setText(eta, left === undefined ? '–' : showSeconds(left));
      node.classList.toggle('soon', left !== undefined && left < 4 * 3600);
      const key = JSON.stringify([target.failure?.message, target.suspects, target.most_objects]);
      if (key === shownTypes) return;
      shownTypes = key;
      fill(types, typesOf(target));
    },
  };
}

function sizesOf({ heap_used_bytes: heap, resident_bytes: resident }: TargetSummary): string {
  const parts = [
    ...(heap === undefined ? [] : [`${showBytes(heap)} heap`]),
    ...(resident === undefined ? [] : [`${showBytes(resident)} resident`]),
  ];
  return parts.join(' · ');
}

function limitOf(limit: LimitUse | undefined): (Node | string)[] {
  if (limit?.used_ratio === undefined) return ['–'];
  const words = `${(limit.used_ratio * 100).toFixed(0)} % of ${showBytes(limit.bytes)} (${limit.limit})`;
  return [usageBar(limit.used_ratio), el('small', {}, words)];
}

function typesOf({ failure, suspects = [], most_objects }: TargetSummary): HTMLElement {
  if (failure !== undefined) return el('span', { class: 'problem' }, failure.message);
  if (suspects.length > 0) {
    const items = suspects.slice(0, SHOWN_SUSPECTS).map((type) => el('li', {}, el('code', { class: 'suspect' }, type)));
    return el('ol', {}, el('li', { class: 'lead' }, 'suspects'), ...items);
  }
  const items = most_objects.map(({ type, count }) =>
    el('li', {}, el('code', {}, type), ' ', el('small', {}, showCount(count))),
  );
  return el('ol', {}, ...items);
}
