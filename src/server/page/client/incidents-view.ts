import type { Cause, Verdict } from '../../../model/assessment.ts';
import { verdictName } from '../verdict-words.ts';
import { el, fill } from './element.ts';
import { runtimeName } from './runtime-name.ts';
import { table } from './table.ts';
import type { View } from './view.ts';

const ADDRESS = '/api/v1/incidents';

/** What is kept of a target that died of memory, or was ill when it ended. */
interface Incident {
  readonly id: string;
  readonly ended_at_seconds: number;
  readonly ending: string;
  readonly service_name: string;
  readonly runtime: string;
  readonly pid: number;
  readonly verdict?: Verdict;
  readonly cause?: Cause;
  readonly suspects: readonly string[];
}

/** Whether incidents are recorded. */
export async function hasIncidents(): Promise<boolean> {
  return (await readIncidents()) !== undefined;
}

async function readIncidents(): Promise<readonly Incident[] | undefined> {
  try {
    const answer = await fetch(ADDRESS);
    if (!answer.ok) return undefined;
    const { incidents }: { incidents?: readonly Incident[] } = await answer.json();
    return incidents;
  } catch {
    return undefined;
  }
}

const COLUMNS = ['Ended', 'Service', 'How', 'Verdict before', 'Suspects', 'Report'].map((name) => ({ name }));

/** What died of memory, the last first. */
export function createIncidentsView(): View {
  const content = el('div');
  const node = el('div', {}, el('h1', {}, 'Incidents'), content);
  let shown = '';

  async function update(): Promise<void> {
    const incidents = await readIncidents();
    const key = JSON.stringify(incidents ?? null);
    if (key === shown) return;
    shown = key;
    if (incidents === undefined) fill(content, el('p', {}, 'No incidents are recorded here.'));
    else if (incidents.length === 0) fill(content, el('p', {}, 'No watched process has died of memory.'));
    else
      fill(content, table('Processes that died of memory, or were ill when they ended', COLUMNS, incidents.map(cells)));
  }

  return { node, title: 'Incidents – heapwatch', update: () => void update(), close: () => {} };
}

function cells(incident: Incident): (string | Node | undefined)[] {
  const { id, ended_at_seconds, ending, service_name, runtime, pid, verdict, cause, suspects } = incident;
  return [
    new Date(ended_at_seconds * 1000).toLocaleString(),
    `${service_name} (${runtimeName(runtime)}, pid ${pid})`,
    ending.replaceAll('_', ' '),
    verdict && verdictName(verdict, cause),
    el(
      'span',
      {},
      suspects.slice(0, 3).flatMap((type) => [el('code', {}, type), ' ']),
    ),
    el(
      'a',
      { href: `${ADDRESS}/${encodeURIComponent(id)}/report` },
      'open',
      el('span', { class: 'unseen' }, ` the report of ${service_name}`),
    ),
  ];
}
