import type { PatternField, ProcessPattern, ProcessPatterns } from '../../model/process-pattern.ts';
import { fits } from './glob.ts';

/** What patterns look at: the texts of each field, none when the process has no such thing, absent when we do not know. */
export type Traits = { readonly [Field in PatternField]?: readonly string[] };

/** Whether a user's patterns say for certain that a process is not to be watched. */
export function isExcluded(traits: Traits, { include = [], exclude = [] }: ProcessPatterns): boolean {
  if (exclude.some((pattern) => matches(pattern, traits) === true)) return true;
  return include.length > 0 && include.every((pattern) => matches(pattern, traits) === false);
}

function matches({ field, glob }: ProcessPattern, traits: Traits): boolean | undefined {
  return traits[field]?.some((text) => fits(text, glob));
}
