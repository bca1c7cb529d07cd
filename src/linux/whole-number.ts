/**
 * Parses a count as the kernel prints it, in decimal: at most the 20 digits of a 64-bit number, so that the answer is
 * finite. Undefined for anything else, the empty text and signs included.
 */
export function parseWholeNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,20}$/.test(text) ? Number(text) : undefined;
}
