import { type FlagSetting, flagsOf, type SettingTable } from './setting.ts';
import { type Given, quote, type Source } from './source.ts';
import { didYouMean } from './suggestion.ts';

export interface Arguments extends Source {
  /** What is no flag and no flag's value. */
  readonly positionals: readonly string[];
}

/** Splits a command line into the texts of flags and the rest; after `--` nothing is a flag. */
export function parseArguments(table: SettingTable, argv: readonly string[]): Arguments {
  const flags = flagsOf(table);
  const given = new Map<string, readonly Given[]>();
  const mistakes: string[] = [];
  const positionals: string[] = [];
  const find = (name: string) => flags.find((row) => row.flag === name);

  function add(row: FlagSetting, text: string): void {
    const origin = `--${row.flag}`;
    const before = given.get(row.flag) ?? [];
    if (before.length > 0 && !row.list) mistakes.push(`${origin} is given more than once`);
    given.set(row.flag, row.list ? [...before, { origin, text }] : [{ origin, text }]);
  }

  const rest = [...argv];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (word === '--') {
      positionals.push(...rest.splice(0));
    } else if (!word.startsWith('-') || word === '-' || /^-\d/.test(word)) {
      positionals.push(word);
    } else {
      const [, name = '', inline] = /^--?([^=]*)(?:=(.*))?$/s.exec(word) ?? [];
      const negative = inline === undefined && name.startsWith('no-') ? find(name.slice('no-'.length)) : undefined;
      const row = negative?.type.name === 'boolean' ? negative : find(name);
      if (!word.startsWith('--') || row === undefined) {
        const known = flags.map(({ flag }) => flag);
        mistakes.push(`${quote(word.split('=', 1)[0]!)} is not a flag of this command${didYouMean(name, known, '--')}`);
      } else if (inline !== undefined) {
        add(row, inline);
      } else if (row.type.name === 'boolean') {
        add(row, String(row !== negative));
      } else if (rest[0] === undefined || rest[0].startsWith('--')) {
        mistakes.push(`--${row.flag} needs a value`);
      } else {
        add(row, rest.shift()!);
      }
    }
  }
  return { given, mistakes, positionals };
}
