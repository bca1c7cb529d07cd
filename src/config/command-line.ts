import { environmentName, type FlagSetting, type SettingTable, type SettingValues } from './setting.ts';

export type ParsedCommandLine<Table extends SettingTable> =
  | { readonly ok: true; readonly values: SettingValues<Table> }
  | { readonly ok: false; readonly mistakes: readonly string[] };

export type Environment = Readonly<Record<string, string | undefined>>;

/** A text and where it was found, so that a mistake names the place to mend. */
interface Found {
  readonly origin: string;
  readonly text: string;
}

/**
 * Reads a command's settings: flags before environment before defaults. Pass an empty environment for a command whose
 * flags have no variables. Never throws: every mistake is listed, each a sentence that begins with where it is.
 *
 * Unknown HEAPWATCH_* variables are no mistake: Kubernetes sets HEAPWATCH_PORT and more in every pod of a namespace that
 * has a Service of our name.
 *
 * @example parseCommandLine(settingTable, ['--log.level', 'debug', '--no-census.enabled'], process.env)
 */
export function parseCommandLine<Table extends SettingTable>(
  table: Table,
  argv: readonly string[],
  environment: Environment = {},
): ParsedCommandLine<Table> {
  const mistakes: string[] = [];
  const flags = Object.values(table).filter((row) => 'flag' in row);
  const given = readArguments(flags, argv, mistakes);
  const values: Record<string, unknown> = {};
  const positionals = [...given.positionals];
  for (const [key, row] of Object.entries(table)) {
    const found =
      'flag' in row ? findFlag(row, given.flags, environment) : findArgument(row.argument, positionals.shift());
    if (found === undefined) {
      values[key] = undefined;
      if ('argument' in row && !row.optional) mistakes.push(`<${row.argument}> is missing: ${row.help}`);
      continue;
    }
    const checked = row.type.schema.safeParse(found.text);
    if (checked.success) values[key] = checked.data;
    else mistakes.push(`${found.origin} ${checked.error.issues[0]?.message}, not ${quote(found.text)}`);
  }
  for (const surplus of positionals) mistakes.push(`${quote(surplus)} is one argument too many`);
  return mistakes.length > 0 ? { ok: false, mistakes } : { ok: true, values: values as SettingValues<Table> };
}

function findFlag(row: FlagSetting, given: ReadonlyMap<string, string>, environment: Environment): Found | undefined {
  const flagText = given.get(row.flag);
  if (flagText !== undefined) return { origin: `--${row.flag}`, text: flagText };
  const variable = environmentName(row.flag);
  const variableText = environment[variable];
  // An empty variable counts as unset, as in the OpenTelemetry specification: manifests cannot always leave one out.
  if (variableText) return { origin: variable, text: variableText };
  return row.default === undefined ? undefined : { origin: `--${row.flag}`, text: row.default };
}

function findArgument(name: string, text: string | undefined): Found | undefined {
  return text === undefined ? undefined : { origin: `<${name}>`, text };
}

/** Splits arguments into the texts of flags and the rest; after `--` everything is an argument. */
function readArguments(known: readonly FlagSetting[], argv: readonly string[], mistakes: string[]) {
  const flags = new Map<string, string>();
  const positionals: string[] = [];
  const isSwitch = (flag: string) => known.some((row) => row.flag === flag && row.type.name === 'boolean');
  const rest = [...argv];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (word === '--') {
      positionals.push(...rest.splice(0));
    } else if (!word.startsWith('-') || word === '-' || /^-\d/.test(word)) {
      positionals.push(word);
    } else {
      const [, name = '', inline] = /^--?([^=]*)(?:=(.*))?$/s.exec(word) ?? [];
      const positive = name.replace(/^no-/, '');
      const negated = positive !== name && isSwitch(positive) && inline === undefined;
      const flag = negated ? positive : name;
      if (!word.startsWith('--') || !known.some((row) => row.flag === flag)) {
        mistakes.push(`${quote(word.split('=', 1)[0] ?? word)} is not a flag of this command`);
        continue;
      }
      if (flags.has(flag)) mistakes.push(`--${flag} is given more than once`);
      if (inline !== undefined) flags.set(flag, inline);
      else if (isSwitch(flag)) flags.set(flag, String(!negated));
      else if (rest[0] === undefined || rest[0].startsWith('--')) mistakes.push(`--${flag} needs a value`);
      else flags.set(flag, rest.shift() ?? '');
    }
  }
  return { flags, positionals };
}

/** For messages: control characters made visible, long texts cut. */
function quote(value: string): string {
  return JSON.stringify(value.length > 80 ? `${value.slice(0, 80)}...` : value);
}
