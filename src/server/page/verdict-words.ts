import type { Assessment, Cause, Verdict } from '../../model/assessment.ts';
import { showSeconds } from './quantity.ts';

const SHOWN_SUSPECTS = 2;

const MEANING = {
  objects: 'leak of objects',
  native: 'leak outside the heap',
  uncollectable: 'leak of garbage that is not collected',
  undersized: 'memory too small',
  burst: 'bursts reach the limit',
} as const;

/** A verdict and its cause for people, in a word or two. */
export function verdictName(verdict: Verdict, cause: Cause | undefined): string {
  return cause === undefined ? verdict.replaceAll('_', ' ') : MEANING[cause];
}

/** The verdict for people: what it is, what of, and how long it takes. */
export function verdictWords({ verdict, cause, suspects, oomEtaSeconds }: Assessment): string {
  const what = verdictName(verdict, cause);
  const types = suspects.slice(0, SHOWN_SUSPECTS).map(({ type }) => type);
  const left = oomEtaSeconds === undefined ? '' : `; ${showSeconds(oomEtaSeconds)} to the limit`;
  return `${what}${types.length > 0 ? `: ${types.join(', ')}` : ''}${left}`;
}
