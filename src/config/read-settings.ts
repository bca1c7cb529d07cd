import { parseArguments } from './arguments.ts';
import { checkSettings, type ParsedSettings } from './checked-settings.ts';
import { readConfigFile } from './config-file.ts';
import { type Environment, findVariables } from './environment.ts';
import type { SettingTable } from './setting.ts';

/**
 * Reads a command's settings: flags before environment before the file of `config.file` before defaults. Never throws:
 * every mistake of all of them is listed, each a sentence that begins with where it is.
 *
 * @example readSettings(settingTable, ['--log.level', 'debug', '--no-census.enabled'], process.env)
 */
export function readSettings<Table extends SettingTable>(
  table: Table,
  argv: readonly string[],
  environment: Environment,
): ParsedSettings<Table> {
  const flags = parseArguments(table, argv);
  const variables = findVariables(table, environment);
  const [file] = flags.given.get('config.file') ?? variables.given.get('config.file') ?? [];
  const fromFile = file === undefined ? [] : [readConfigFile(table, file.text, file.origin)];
  return checkSettings(table, [flags, variables, ...fromFile], flags.positionals);
}
