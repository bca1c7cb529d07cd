import type { History } from './api-types.ts';
import { createChoice } from './choice.ts';
import { detailTables } from './detail-tables.ts';
import { el, refill, setText } from './element.ts';
import { facts } from './facts.ts';
import { growthTable } from './growth-table.ts';
import { runtimeTitle } from './runtime-name.ts';
import { createTargetCharts } from './target-charts.ts';
import { createTargetRecord } from './target-record.ts';
import { verdictSection } from './verdict-section.ts';
import type { View } from './view.ts';

const SPANS = [
  ['900', '15 min'],
  ['3600', '1 h'],
  ['21600', '6 h'],
  ['86400', '24 h'],
] as const;

/** One target: its verdict with the evidence, and everything over time. */
export function createTargetView(id: string): View {
  const record = createTargetRecord(id);
  const title = el('h1', {}, 'Process');
  const about = el('p', { class: 'quiet' });
  const trouble = el('p', { class: 'problem', role: 'status' });
  const verdict = el('section', { class: 'verdict-section', 'aria-label': 'Verdict' });
  const figures = el('dl', { class: 'facts' });
  const span = createChoice('Time shown', SPANS, '3600', draw);
  const charts = createTargetCharts(draw);
  const growth = el('div');
  const details = el('div');
  const content = el(
    'div',
    { hidden: true },
    el('div', { class: 'beside' }, verdict, figures),
    span.node,
    charts.memory,
    charts.types,
    growth,
    charts.activity,
    details,
  );
  const back = el('p', { class: 'back' }, el('a', { href: '#/' }, '← All processes'));
  const node = el('div', { class: 'target' }, back, title, about, trouble, content);
  let isClosed = false;

  function draw(): void {
    const { detail } = record;
    if (detail === undefined || isClosed) return;
    const nowSeconds = detail.vitals?.at_seconds ?? Date.now() / 1000;
    const suspects = detail.assessment?.suspects.map(({ type }) => type) ?? [];
    setText(title, detail.service_name);
    document.title = `${detail.service_name} – heapwatch`;
    setText(about, `${runtimeTitle(detail)} · pid ${detail.pid} · ${detail.command}`);
    content.hidden = false;
    refill(verdict, ...verdictSection(detail, nowSeconds));
    refill(figures, ...facts(detail, nowSeconds));
    const shown = recent(record.history, nowSeconds - Number(span.value));
    charts.update(shown, detail.limits, suspects);
    refill(growth, growthTable(shown.censuses, suspects));
    refill(details, ...detailTables(detail, nowSeconds));
  }

  async function refresh(): Promise<void> {
    await record.refresh();
    if (isClosed) return;
    setText(trouble, record.trouble ?? '');
    draw();
  }

  return {
    node,
    title: 'heapwatch',
    update: () => void refresh(),
    close() {
      isClosed = true;
      charts.close();
    },
  };
}

function recent({ readings, censuses }: History, sinceSeconds: number): History {
  const isRecent = ({ at_seconds }: { readonly at_seconds: number }) => at_seconds >= sinceSeconds;
  return { readings: readings.filter(isRecent), censuses: censuses.filter(isRecent) };
}
