import type { RuntimeName } from '../../model/target.ts';

/** What the executables of a runtime are usually called. */
const USUAL_NAMES: Readonly<Record<RuntimeName, RegExp>> = {
  cpython: /^(python|uwsgi)/i,
  nodejs: /^node/,
  jvm: /^java$/,
};

/**
 * Guesses from names alone, for a process that we may not, or shall not yet, look into. Only those that look like ours
 * are worth a word when we skip them: every machine has hundreds of others.
 */
export function looksLikeOurs(names: readonly string[], runtimes: readonly RuntimeName[]): boolean {
  return names.some((name) => runtimes.some((runtime) => USUAL_NAMES[runtime].test(name)));
}
