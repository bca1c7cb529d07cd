import { metric } from './metric.ts';
import type { Panel, Section, Unit } from './panel.ts';

/** The first glance. */
export const summarySection: Section = {
  id: 1,
  title: 'At a glance',
  panels: [
    figure(2, 'Watched processes', 'Processes that are watched.', 'none', `sum(${metric('heapwatch_targets')})`),
    figure(
      3,
      'Cannot be read',
      'Watched processes whose last reading failed; see the table below.',
      'none',
      `sum(1 - ${metric('heapwatch_target_up')})`,
    ),
    figure(
      4,
      'Not permitted',
      'Processes that look like ours but may not be looked at: heapwatch lacks permissions.',
      'none',
      `sum(${metric('heapwatch_targets_skipped', { reason: 'denied' })})`,
    ),
    figure(
      5,
      'Nearest to a limit',
      'The largest used share of any limit of any process.',
      'percentunit',
      `max(${metric('heapwatch_memory_limit_used_ratio')})`,
    ),
    figure(
      6,
      'Ended processes',
      'Processes that have ended or were restarted in the chosen time, for whatever reason.',
      'none',
      `sum(${ended('service_name')})`,
    ),
    figure(
      7,
      'OOM kills',
      "Processes that ended by the kernel's out-of-memory killer in the chosen time.",
      'none',
      `sum(round(increase(${metric('heapwatch_oom_kills_total')}[$__range])))`,
    ),
  ],
};

/**
 * Processes that have ended in the chosen time: those that were there, by pid and start, without those that still are.
 */
export function ended(labels: string): string {
  const start = metric('heapwatch_process_start_time_seconds');
  const seen = `sum by (${labels}) (1 + changes(${start}[$__range]))`;
  // A service of which none is left has no number to subtract.
  return `${seen} - (count by (${labels}) (${start}) or 0 * ${seen})`;
}

function figure(id: number, title: string, description: string, unit: Unit, expression: string): Panel {
  const queries = [{ name: title, expression }];
  return { id, kind: 'stat', title, description, unit, width: 4, height: 4, queries };
}
