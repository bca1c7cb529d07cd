import type { Cause, Verdict } from '../../../model/assessment.ts';
import { verdictName } from '../verdict-words.ts';
import { el } from './element.ts';

/** Told apart by more than their colour. */
const SYMBOLS: Readonly<Record<Verdict, string>> = {
  warming_up: '◌',
  healthy: '✓',
  leak: '▲',
  backlog: '≫',
  overflow: '■',
};

interface Judged {
  readonly up: boolean;
  readonly verdict?: Verdict | undefined;
  readonly cause?: Cause | undefined;
}

/** The verdict in a word or two. */
export function badgeText({ up, verdict, cause }: Judged): string {
  if (!up) return 'cannot be read';
  return verdict === undefined ? 'not judged' : verdictName(verdict, cause);
}

/** The verdict as a coloured label. */
export function verdictBadge(judged: Judged): HTMLElement {
  const kind = judged.up ? (judged.verdict ?? 'warming_up') : 'unreadable';
  const symbol = kind === 'unreadable' ? '?' : SYMBOLS[kind];
  return el('span', { class: `badge ${kind}` }, el('span', { 'aria-hidden': 'true' }, symbol), ` ${badgeText(judged)}`);
}
