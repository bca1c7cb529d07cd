import { parseArguments } from './arguments.ts';
import { checkSettings, type ParsedSettings } from './checked-settings.ts';
import type { SettingTable } from './setting.ts';

/**
 * Parses the settings of a command that has flags only. Never throws: every mistake is listed, each a sentence that
 * begins with where it is.
 *
 * @example parseCommandLine(topSettings, ['1234', '--limit=5', '--json'])
 */
export function parseCommandLine<Table extends SettingTable>(
  table: Table,
  argv: readonly string[],
): ParsedSettings<Table> {
  const flags = parseArguments(table, argv);
  return checkSettings(table, [flags], flags.positionals);
}
