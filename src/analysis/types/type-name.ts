/** A class may be named with a novel; a label must not be. UTF-16 code units, not bytes. */
const NAME_LENGTH = 256;

/**
 * Control characters, invisible and direction-changing ones, line separators, and lone surrogates, which UTF-8 cannot
 * hold: two names that differ only in them would be one label set on the page.
 */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** Nearly all names; a heap can have tens of thousands. */
const USUAL = new RegExp(`^[ -~]{1,${NAME_LENGTH}}$`);

/**
 * Makes a type's name, which is the target's own words, fit for a label: one line, no longer than 256 characters, nothing
 * invisible (shown as `\u000a` and the like), never empty. A safe name stays as it is.
 */
export function safeTypeName(name: string): string {
  if (name === '') return '(unnamed)';
  if (USUAL.test(name)) return name;
  // Cut first: nobody shall make us look through a megabyte. And again, as what is shown is longer.
  return cutName(cutName(name).replace(UNSAFE, showCharacter));
}

function cutName(name: string): string {
  if (name.length <= NAME_LENGTH) return name;
  // Not through the middle of a character beyond 16 bits.
  return `${name.slice(0, NAME_LENGTH - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}

function showCharacter(character: string): string {
  const digits = (character.codePointAt(0) ?? 0).toString(16);
  return digits.length > 4 ? `\\u{${digits}}` : `\\u${digits.padStart(4, '0')}`;
}
