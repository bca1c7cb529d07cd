import { isCollection, isMap, isScalar, LineCounter, parseDocument, visit } from 'yaml';
import type { z } from 'zod';
import { documentDepth } from '../document-depth.ts';
import { quote } from '../source.ts';
import { didYouMean } from '../suggestion.ts';
import { type WebConfigDocument, webConfigSchema } from './web-config-schema.ts';

/** The format is four deep. */
const MOST_DEPTH = 16;
/** More than anyone reads at once. */
const MOST_MISTAKES = 20;

/** A sentence that begins with its place: `web.yml:3: `. It never repeats a value: the file holds keys and hashes. */
export type ParsedWebConfig =
  | { readonly ok: true; readonly document: WebConfigDocument; placeOf(path: readonly PropertyKey[]): string }
  | { readonly ok: false; readonly mistakes: readonly string[] };

/**
 * Parses the web configuration of Prometheus' exporter-toolkit (docs/web-configuration.md there, commit 0089e786), but for
 * the files that it names. Its unknown keys are mistakes, as in the toolkit; empty values count as left out, as in Go.
 */
export function parseWebConfig(text: string, fileName: string): ParsedWebConfig {
  if (documentDepth(text) > MOST_DEPTH) return { ok: false, mistakes: [`${fileName}: is nested too deeply`] };
  const lines = new LineCounter();
  const yaml = parseDocument(text, { lineCounter: lines, prettyErrors: false, schema: 'core' });
  const lineOf = (offset = 0) => `${fileName}:${lines.linePos(offset).line || 1}:`;

  /** Where the last part of the path that there is stands. */
  function placeOf(path: readonly PropertyKey[]): string {
    let node: unknown = yaml.contents;
    let offset: number | undefined;
    for (const step of path) {
      if (!isCollection(node)) break;
      const pair = isMap(node) ? node.items.find(({ key }) => isScalar(key) && String(key.value) === step) : undefined;
      if (pair !== undefined && isScalar(pair.key)) offset = pair.key.range?.[0];
      node = node.get(step, true);
    }
    return lineOf(offset);
  }

  const mistakes = yaml.errors.map(({ code, pos }) => {
    const what =
      code === 'DUPLICATE_KEY'
        ? 'a key is given twice'
        : `is no valid YAML (${code.toLowerCase().replaceAll('_', ' ')})`;
    return `${lineOf(pos[0])} ${what}`;
  });
  visit(yaml, {
    Alias: (_key, { range }) =>
      void mistakes.push(`${lineOf(range?.[0])} aliases (*name) are not followed: write the value itself`),
  });
  if (mistakes.length > 0) return { ok: false, mistakes: bounded(mistakes, fileName) };

  const given = withoutBlanks(yaml.toJS() ?? {});
  const checked = webConfigSchema.safeParse(given);
  // A user of this name would be no user to the schema, and a file with no user asks nobody for a password.
  if (hasOwn(given, 'basic_auth_users', '__proto__'))
    mistakes.push(`${fileName}: basic_auth_users.__proto__ cannot be a user`);
  for (const issue of checked.error?.issues ?? []) {
    mistakes.push(...mistakesOf(issue).map(({ path, text }) => `${placeOf(path)} ${text}`));
  }
  if (mistakes.length > 0 || !checked.success) return { ok: false, mistakes: bounded(mistakes, fileName) };
  return { ok: true, document: checked.data, placeOf };
}

function mistakesOf(issue: z.core.$ZodIssue): { readonly path: readonly PropertyKey[]; readonly text: string }[] {
  const { path, code } = issue;
  if (code === 'unrecognized_keys') {
    const known = keysAt(path);
    return issue.keys.map((key) => ({
      path: [...path, key],
      text: `${quote([...path, key].join('.'))} is not a setting of the web configuration${didYouMean(key, known)}`,
    }));
  }
  const message = code === 'invalid_key' ? issue.issues[0]?.message : issue.message;
  return [{ path, text: `${path.length === 0 ? 'the file' : path.join('.')} ${message}` }];
}

/** Keys that are known beside an unknown one. */
function keysAt(path: readonly PropertyKey[]): string[] {
  let schema: unknown = webConfigSchema;
  for (const step of path) schema = unwrapped((schema as z.ZodObject).shape[String(step)]);
  return Object.keys((schema as z.ZodObject).shape);
}

function unwrapped(schema: unknown): unknown {
  return schema !== null && typeof schema === 'object' && 'unwrap' in schema
    ? (schema as z.ZodOptional).unwrap()
    : schema;
}

/** `client_ca_file: ""` and `headers:` say nothing; a user without a hash, though, is a mistake. */
function withoutBlanks(value: unknown, key = ''): unknown {
  if (value === null || typeof value !== 'object' || Array.isArray(value) || key === 'basic_auth_users') return value;
  const entries = Object.entries(value).filter(([, part]) => part !== null && part !== '');
  return Object.fromEntries(entries.map(([name, part]) => [name, withoutBlanks(part, name)]));
}

function hasOwn(value: unknown, ...path: string[]): boolean {
  const [key, ...rest] = path;
  if (key === undefined) return true;
  return (
    value instanceof Object && Object.hasOwn(value, key) && hasOwn((value as Record<string, unknown>)[key], ...rest)
  );
}

function bounded(mistakes: readonly string[], fileName: string): readonly string[] {
  const surplus = mistakes.length - MOST_MISTAKES;
  return surplus <= 0 ? mistakes : [...mistakes.slice(0, MOST_MISTAKES), `${fileName}: and ${surplus} more mistakes`];
}
