import type { Assessment } from '../../model/assessment.ts';
import { showSeconds } from './quantity.ts';

const SHOWN_SUSPECTS = 2;

const MEANING = {
  objects: 'leak of objects',
  native: 'leak outside the heap',
  uncollectable: 'leak of garbage that is not collected',
  undersized: 'memory too small',
  burst: 'bursts reach the limit',
} as const;

/** The verdict for people: what it is, what of, and how long it takes. */
export function verdictWords({ verdict, cause, suspects, oomEtaSeconds }: Assessment): string {
  const what = cause === undefined ? verdict.replaceAll('_', ' ') : MEANING[cause];
  const types = suspects.slice(0, SHOWN_SUSPECTS).map(({ type }) => type);
  const left = oomEtaSeconds === undefined ? '' : `; ${showSeconds(oomEtaSeconds)} to the limit`;
  return `${what}${types.length > 0 ? `: ${types.join(', ')}` : ''}${left}`;
}
