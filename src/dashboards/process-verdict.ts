import { ofProcess } from './chosen-process.ts';
import type { Panel, Section, Unit } from './panel.ts';
import { verdictNumber, verdictStates } from './verdict-states.ts';

/** What is the matter with it, what of, and how long it takes. */
export const verdictSection: Section = {
  id: 40,
  title: 'Verdict',
  panels: [
    {
      id: 41,
      kind: 'states',
      title: 'Verdict',
      description: 'Leak, backlog, overflow or healthy; the evidence in words is on the page of heapwatch.',
      unit: 'none',
      width: 9,
      height: 5,
      states: verdictStates,
      queries: [
        { name: 'verdict', expression: verdictNumber('pid', (verdict) => ofProcess('heapwatch_verdict', { verdict })) },
      ],
    },
    {
      id: 42,
      kind: 'table',
      title: 'Now',
      description: 'The verdict and its cause: objects, native, uncollectable; undersized, burst.',
      unit: 'none',
      width: 6,
      height: 5,
      columns: ['verdict', 'cause'],
      queries: [{ name: 'is', expression: `max by (verdict, cause) (${ofProcess('heapwatch_verdict')}) == 1` }],
    },
    fact(
      43,
      'Time left',
      'Time until the first limit is met at this growth.',
      's',
      ofProcess('heapwatch_oom_eta_seconds'),
    ),
    fact(
      44,
      'Growth',
      'Growth that the verdict rests on, of the live heap or of native memory.',
      'binBps',
      ofProcess('heapwatch_growth_bytes_per_second'),
    ),
    fact(
      45,
      'Growing for',
      'Time since that growth began.',
      's',
      `time() - ${ofProcess('heapwatch_growth_start_timestamp_seconds')}`,
    ),
    {
      id: 46,
      kind: 'table',
      title: 'Suspects',
      description: 'Types that the leak or backlog is made of, the most suspicious first.',
      unit: 'short',
      width: 12,
      height: 8,
      columns: ['type'],
      sortedBy: 'rank',
      ascending: true,
      whenEmpty: 'None.',
      queries: [
        { name: 'rank', expression: `max by (type) (${suspects()})` },
        { name: 'gained per second', expression: ofSuspects(ofProcess('heapwatch_objects_growth_per_second')) },
        { name: 'objects', expression: ofSuspects(ofProcess('heapwatch_objects')) },
        { name: 'bytes', expression: ofSuspects(ofProcess('heapwatch_object_bytes')), unit: 'bytes' },
      ],
    },
    {
      id: 47,
      kind: 'table',
      title: 'Limits',
      description: 'Every ceiling that ends the process, how much of it is used, and when it is met at this growth.',
      unit: 'none',
      width: 12,
      height: 8,
      columns: ['limit'],
      sortedBy: 'used',
      queries: [
        { name: 'used', expression: byLimit('heapwatch_memory_limit_used_ratio'), unit: 'percentunit' },
        { name: 'limit bytes', expression: byLimit('heapwatch_memory_limit_bytes'), unit: 'bytes' },
        { name: 'time left', expression: byLimit('heapwatch_limit_eta_seconds'), unit: 's' },
      ],
    },
  ],
};

function suspects(): string {
  return ofProcess('heapwatch_suspect_rank');
}

function ofSuspects(series: string): string {
  return `max by (type) (${series}) and on (type) ${suspects()}`;
}

function byLimit(
  name: 'heapwatch_memory_limit_used_ratio' | 'heapwatch_memory_limit_bytes' | 'heapwatch_limit_eta_seconds',
): string {
  return `max by (limit) (${ofProcess(name)})`;
}

function fact(id: number, title: string, description: string, unit: Unit, expression: string): Panel {
  const queries = [{ name: title, expression }];
  return { id, kind: 'stat', title, description, unit, width: 3, height: 5, whenEmpty: 'not growing', queries };
}
