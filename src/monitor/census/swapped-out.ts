import { ReadFailure } from '../../model/failure.ts';
import type { ProcessVitals } from '../../model/vitals.ts';

/** A census reads no page that is swapped out, as that would bring it back in: it would miss about this share. */
const MOST_SWAPPED = 0.1;

/** Why a target is not counted: too much of its private memory is swapped out. Undefined when it is not. */
export function swappedOut({
  swappedBytes = 0,
  anonymousBytes,
  residentBytes,
}: ProcessVitals): ReadFailure | undefined {
  const share = swappedBytes / Math.max(1, swappedBytes + (anonymousBytes ?? residentBytes));
  if (share <= MOST_SWAPPED) return undefined;
  return new ReadFailure(
    'busy',
    `${Math.round(share * 100)} % of its memory is swapped out, so that its objects cannot be counted without bringing ` +
      'them back in. It is counted again when that is 10 % or less: give the machine or the cgroup more memory',
  );
}
