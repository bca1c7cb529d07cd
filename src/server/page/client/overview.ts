import { watchedWords } from '../watched-words.ts';
import type { TargetList, TargetSummary } from './api-types.ts';
import { el, fill, setText } from './element.ts';
import type { Feed } from './feed.ts';
import { createTargetRow, type TargetRow } from './target-row.ts';
import type { View } from './view.ts';

/** So many that one looks for a name. */
const MANY = 8;

/** All targets, those in trouble first. */
export function createOverview(feed: Feed): View {
  const rows = new Map<string, TargetRow>();
  const summary = el('p', { class: 'quiet' });
  const body = el('tbody');
  const search = el('input', { type: 'search', id: 'search', autocomplete: 'off', spellcheck: 'false' });
  const searching = el('p', { class: 'search', hidden: true }, el('label', { for: 'search' }, 'Find'), search);
  const headings = ['Service', 'Verdict', 'Heap, last hour', 'Nearest limit', 'Time to it', 'What fills it'];
  const table = el(
    'table',
    { class: 'targets' },
    el('caption', { class: 'unseen' }, 'Watched processes, those in trouble first'),
    el('thead', {}, el('tr', {}, ...headings.map((heading) => el('th', { scope: 'col' }, heading)))),
    body,
  );
  const scroller = el('div', { class: 'table' }, table);
  const nothing = el('div', { class: 'nothing', hidden: true });
  const node = el('div', {}, el('h1', {}, 'Watched processes'), summary, searching, scroller, nothing);

  function update(): void {
    const list = feed.latest;
    if (list === undefined) return;
    setText(summary, summaryOf(list));
    searching.hidden = list.targets.length < MANY && search.value === '';
    const wanted = search.value.trim().toLowerCase();
    const shown = list.targets.filter((target) => textOf(target).includes(wanted)).toSorted(byTrouble);
    const ids = new Set(shown.map(({ id }) => id));
    for (const [id, row] of rows) {
      if (ids.has(id)) continue;
      row.node.remove();
      rows.delete(id);
    }
    for (const [index, target] of shown.entries()) {
      const row = rows.get(target.id) ?? createTargetRow(target.id);
      rows.set(target.id, row);
      row.update(target, feed.trend(target.id));
      // Moving a row takes the focus from its link, so only those that stand wrong are moved.
      if (body.children[index] !== row.node) body.insertBefore(row.node, body.children[index] ?? null);
    }
    scroller.hidden = shown.length === 0;
    nothing.hidden = shown.length > 0;
    fill(nothing, ...(shown.length > 0 ? [] : whyNothing(list)));
  }

  search.addEventListener('input', update);
  update();
  return { node, title: 'heapwatch', update, close: () => {} };
}

function summaryOf({ taken_at_seconds, targets, discovery_failure, skipped = {} }: TargetList): string {
  const failure = discovery_failure?.message;
  return watchedWords({ takenAtSeconds: taken_at_seconds, targets: targets.length, skipped, failure });
}

function whyNothing({ taken_at_seconds, targets }: TargetList): HTMLElement[] {
  if (taken_at_seconds === 0) return [];
  if (targets.length > 0) return [el('p', {}, 'No process is called so.')];
  return [
    el('p', {}, 'No Node.js, Python or Java process is watched yet. One that starts appears here by itself.'),
    el(
      'p',
      { class: 'quiet' },
      'When one should be here and is not, ask why: ',
      el('code', {}, 'heapwatch doctor <pid>'),
    ),
  ];
}

function textOf({ service_name, runtime, version, pid, verdict, command }: TargetSummary): string {
  return `${service_name} ${runtime} ${version} ${pid} ${verdict ?? ''} ${command}`.toLowerCase();
}

const TROUBLE = ['leak', 'overflow', 'backlog'];

function byTrouble(a: TargetSummary, b: TargetSummary): number {
  return (
    rankOf(a) - rankOf(b) ||
    (a.oom_eta_seconds ?? Number.MAX_VALUE) - (b.oom_eta_seconds ?? Number.MAX_VALUE) ||
    a.service_name.localeCompare(b.service_name) ||
    a.pid - b.pid
  );
}

function rankOf({ verdict }: TargetSummary): number {
  const rank = TROUBLE.indexOf(verdict ?? '');
  return rank < 0 ? TROUBLE.length : rank;
}
