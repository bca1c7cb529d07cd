import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, type Scalar } from 'yaml';
import { documentDepth } from './document-depth.ts';
import { type FlagSetting, flagsOf, type SettingTable } from './setting.ts';
import { type Given, quote, type Source } from './source.ts';
import { didYouMean } from './suggestion.ts';

/** Ours are four deep. */
const MOST_DEPTH = 32;
/** More than anyone reads at once. */
const MOST_MISTAKES = 20;

/**
 * Parses settings from YAML. Keys are the flags' names, nested or dotted: `web: {listen-address: ":80"}` or
 * `web.listen-address: ":80"`. `fileName` is for the mistakes.
 *
 * Aliases are refused rather than followed: a few lines of them can stand for gigabytes.
 */
export function parseConfigDocument(table: SettingTable, text: string, fileName: string): Source {
  if (documentDepth(text) > MOST_DEPTH) {
    return { given: new Map(), mistakes: [`${fileName}: is nested too deeply to be a file of settings`] };
  }
  const flags = new Map(flagsOf(table).map((row) => [row.flag, row]));
  const given = new Map<string, readonly Given[]>();
  const mistakes: string[] = [];
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, schema: 'core' });
  const placeOf = (offset = 0) => `${fileName}:${lines.linePos(offset).line || 1}:`;

  /** Reads what stands under `path`, a part of a flag's name or the whole of it. */
  function read(path: string, node: Node | null, place: string): void {
    const row = flags.get(path);
    if (row !== undefined) {
      readSetting(row, node, place);
    } else if (isMap<Node, Node | null>(node)) {
      for (const { key, value } of node.items) {
        const keyPlace = placeOf(key.range?.[0]);
        if (isScalar(key)) read(path === '' ? sourceOf(key) : `${path}.${sourceOf(key)}`, value, keyPlace);
        else mistakes.push(`${keyPlace} a key must be a plain word`);
      }
    } else if (isAlias(node)) {
      mistakes.push(aliasMistake(place));
    } else if (path === '') {
      if (!isEmpty(node)) mistakes.push(`${place} settings are written as keys with values, such as log.level: debug`);
    } else if (!isEmpty(node) || ![...flags.keys()].some((flag) => flag.startsWith(`${path}.`))) {
      mistakes.push(`${place} ${quote(path)} is not a setting${didYouMean(path, [...flags.keys()])}`);
    }
  }

  function readSetting({ flag, list }: FlagSetting, node: Node | null, place: string): void {
    const origin = `${place} ${flag}`;
    const texts: Given[] = [];
    for (const item of list && isSeq<Node | null>(node) ? node.items : [node]) {
      if (isAlias(item)) mistakes.push(aliasMistake(place));
      else if (!isScalar(item) || isEmpty(item))
        mistakes.push(`${origin} needs ${list ? 'a list of values' : 'a value'}`);
      else texts.push({ origin, text: sourceOf(item) });
    }
    if (flag === 'config.file') mistakes.push(`${origin} names this file: give it as a flag or a variable`);
    else if (given.has(flag)) mistakes.push(`${origin} is given more than once`);
    else given.set(flag, texts);
  }

  for (const { message, pos } of document.errors) mistakes.push(`${placeOf(pos[0])} ${syntaxMistake(message)}`);
  // What a broken file seems to say would only be more mistakes.
  if (mistakes.length === 0) read('', document.contents, placeOf(document.contents?.range?.[0]));
  const surplus = mistakes.length - MOST_MISTAKES;
  if (surplus > 0) mistakes.splice(MOST_MISTAKES, surplus, `${fileName}: and ${surplus} more mistakes`);
  return { given, mistakes };
}

/** A scalar as it was written: our own types read it, not YAML's. */
function sourceOf(scalar: Scalar): string {
  return scalar.source ?? String(scalar.value);
}

function isEmpty(node: Node | null): boolean {
  return node === null || (isScalar(node) && node.value === null);
}

function aliasMistake(place: string): string {
  return `${place} aliases (*name) are not followed: write the value itself`;
}

function syntaxMistake(message: string): string {
  return `is no valid YAML: ${message.length > 160 ? `${message.slice(0, 160)}...` : message}`;
}
