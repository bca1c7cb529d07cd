import { type ArgumentSetting, environmentName, type FlagSetting, type SettingTable } from './setting.ts';

/** A table's flags for a terminal: two lines each, the flag with its default, then what it does. */
export function helpText(table: SettingTable): string {
  return Object.values(table)
    .map((row) => `  ${'flag' in row ? flagUsage(row) : argumentUsage(row)}\n      ${row.help}\n`)
    .join('');
}

function argumentUsage(row: ArgumentSetting): string {
  return row.optional ? `[${row.argument}]` : `<${row.argument}>`;
}

function flagUsage(row: FlagSetting): string {
  if (row.type.name === 'boolean') return `--[no-]${row.flag}`;
  const value = row.default === undefined ? `<${row.type.name}>` : `"${row.default}"`;
  return `--${row.flag}=${value}${row.list ? ' ...' : ''}`;
}

/** The same as rows of the README's table: flag, environment variable, type, default, what it does. */
export function settingRows(table: SettingTable): string[][] {
  return Object.values(table)
    .filter((row) => 'flag' in row)
    .map((row) => [
      `\`--${row.flag}\``,
      `\`${environmentName(row.flag)}\``,
      typeName(row),
      row.default === undefined ? '' : `\`${row.default}\``,
      row.help,
    ]);
}

function typeName({ type, list }: FlagSetting): string {
  const words = type.name.replaceAll('|', ', ');
  if (!list) return words;
  return words === type.name ? `list of ${words}s` : `list of ${words}`;
}
