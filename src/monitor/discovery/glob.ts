/**
 * Whether the whole text fits a glob: `*` is any characters, also none, `?` is one; all else is itself. No regular
 * expression: the time is at most the product of the lengths, whatever user and process have written.
 */
export function fits(text: string, glob: string): boolean {
  let at = 0;
  let inGlob = 0;
  // Where the last star was, and how much of the text it stands for.
  let star = -1;
  let starEnd = 0;
  while (at < text.length) {
    if (glob[inGlob] === '*') {
      star = inGlob++;
      starEnd = at;
    } else if (glob[inGlob] === '?' || glob[inGlob] === text[at]) {
      inGlob++;
      at++;
    } else if (star >= 0) {
      inGlob = star + 1;
      at = ++starEnd;
    } else {
      return false;
    }
  }
  while (glob[inGlob] === '*') inGlob++;
  return inGlob === glob.length;
}
