/** Enough for any name that a person reads; names are label values of many series. */
const NAME_LENGTH = 128;

// Control and format characters (bidirectional ones rearrange a page), line separators, lone surrogates.
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/**
 * A name that came from a process, fit to be shown: without what cannot be printed, without spaces around it, cut after
 * 128 characters. Empty when nothing is left.
 */
export function plainName(text: string): string {
  const printable = text
    .slice(0, 4 * NAME_LENGTH)
    .replace(UNPRINTABLE, '')
    .trim();
  return Array.from(printable).slice(0, NAME_LENGTH).join('').trim();
}
