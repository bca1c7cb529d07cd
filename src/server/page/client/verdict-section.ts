import { showBytes, showSeconds } from '../quantity.ts';
import type { Assessment, TargetDetail } from './api-types.ts';
import { el } from './element.ts';
import { verdictBadge } from './verdict-badge.ts';

/** What to do first, as docs/verdicts.md has it. */
const ADVICE: Readonly<Record<string, string>> = {
  'leak objects': 'Something keeps objects, descriptors or threads that nobody needs: find who holds the suspects.',
  'leak native': 'Memory outside the heap grows and the heap does not: look at extensions, buffers, the allocator.',
  'leak uncollectable':
    'The collector finds garbage that it may not free, or is switched off: look at gc.garbage, finalisers, gc.disable().',
  backlog: 'More comes in than is worked off: more consumers, or a bound for the queue.',
  'overflow undersized':
    'No trend, but the memory is too small for the work: a larger limit, or a smaller heap in the same container.',
  'overflow burst': 'Only spikes reach the limit: bound the batch, or set a larger limit.',
  warming_up: 'Too little has been seen to judge. Growth must last some minutes before it is called one.',
};

/** The verdict, what it rests on, and what to do. */
export function verdictSection({ up, failure, assessment }: TargetDetail, nowSeconds: number): HTMLElement[] {
  if (failure !== undefined) return [el('p', {}, verdictBadge({ up })), el('p', { class: 'problem' }, failure.message)];
  if (assessment === undefined) return [el('p', {}, verdictBadge({ up }))];
  const { verdict, cause, evidence, since_seconds } = assessment;
  const advice = ADVICE[cause === undefined ? verdict : `${verdict} ${cause}`];
  return [
    el(
      'p',
      { class: 'lede' },
      verdictBadge({ up, verdict, cause }),
      ` for ${showSeconds(nowSeconds - since_seconds)}`,
      urgency(assessment),
    ),
    ...(advice === undefined ? [] : [el('p', {}, advice)]),
    ...suspects(assessment),
    ...(evidence.length === 0
      ? []
      : [
          el('h2', {}, 'What says so'),
          el(
            'ul',
            { class: 'evidence' },
            evidence.map(({ words, exceeded }) => el('li', { class: exceeded ? 'exceeded' : undefined }, words)),
          ),
        ]),
  ];
}

function urgency({ oom_eta_seconds: left, growth }: Assessment): HTMLElement | undefined {
  const parts = [
    ...(growth && growth.bytes_per_second > 0 ? [`${showBytes(growth.bytes_per_second * 3600)} more each hour`] : []),
    ...(left === undefined ? [] : [`${showSeconds(left)} to the limit`]),
  ];
  return parts.length === 0 ? undefined : el('strong', {}, ` · ${parts.join(' · ')}`);
}

function suspects({ suspects, growing_types }: Assessment): HTMLElement[] {
  const listed = suspects.length > 0 ? suspects : growing_types.slice(0, 5);
  if (listed.length === 0) return [];
  return [
    el('h2', {}, suspects.length > 0 ? 'Suspects' : 'Growing now'),
    el(
      'ol',
      { class: 'suspects' },
      listed.map(({ type, objects_per_second, bytes_per_second }) =>
        el(
          'li',
          {},
          el('code', { class: suspects.length > 0 ? 'suspect' : undefined }, type),
          ` gains ${perTime(objects_per_second)}, ${showBytes(bytes_per_second * 60)} a minute`,
        ),
      ),
    ),
  ];
}

function perTime(perSecond: number): string {
  if (perSecond >= 10) return `${perSecond.toFixed(0)} objects a second`;
  return `${(perSecond * 60).toPrecision(2)} objects a minute`;
}
