import { type CST, Parser } from 'yaml';

/**
 * How deeply the collections of a YAML text are nested, in any syntax, counted without recursion: what makes values of the
 * text recurses, and Node.js aborts when a regular expression of it meets the end of the stack (yaml 2.9.1, V8 11.3).
 */
export function documentDepth(text: string): number {
  let deepest = 0;
  let level: unknown[] = [...new Parser().parse(text)];
  for (; level.length > 0; deepest++) level = level.flatMap(partsOf);
  return deepest;
}

function partsOf(token: unknown): unknown[] {
  const { value, items = [] } = token as { value?: unknown; items?: CST.CollectionItem[] };
  return [value, ...items.flatMap((item) => [item.key, item.value])].filter((part) => part instanceof Object);
}
