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
  const byDefault = row.default === undefined ? '' : `="${row.default}"`;
  return row.type.name === 'boolean' ? `--[no-]${row.flag}` : `--${row.flag}${byDefault || `=<${row.type.name}>`}`;
}

/** The same as rows of the README's table: flag, environment variable, type, default, what it does. */
export function settingRows(table: SettingTable): string[][] {
  return Object.values(table)
    .filter((row) => 'flag' in row)
    .map((row) => [
      `\`--${row.flag}\``,
      `\`${environmentName(row.flag)}\``,
      row.type.name.replaceAll('|', ', '),
      row.default === undefined ? '' : `\`${row.default}\``,
      row.help,
    ]);
}
