import type { SettingTable, SettingValues, ValueType } from './setting.ts';
import { type Given, quote, type Source } from './source.ts';

export type ParsedSettings<Table extends SettingTable> =
  | { readonly ok: true; readonly values: SettingValues<Table> }
  | { readonly ok: false; readonly mistakes: readonly string[] };

/**
 * Checks what the sources give. The first source that gives a setting wins, and the default is used when none does;
 * lists are not merged. A wrong text is a mistake also where another source wins: nobody wrote it on purpose.
 */
export function checkSettings<Table extends SettingTable>(
  table: Table,
  sources: readonly Source[],
  positionals: readonly string[],
): ParsedSettings<Table> {
  const mistakes = sources.flatMap((source) => source.mistakes);
  const values: Record<string, unknown> = {};
  const surplus = [...positionals];

  function check(type: ValueType<unknown>, { origin, text }: Given): unknown {
    const checked = type.schema.safeParse(text);
    if (!checked.success) mistakes.push(`${origin} ${checked.error.issues[0]?.message}, not ${quote(text)}`);
    return checked.data;
  }

  for (const [key, row] of Object.entries(table)) {
    if ('flag' in row) {
      const given = sources.map((source) => source.given.get(row.flag)).filter((texts) => texts !== undefined);
      if (given.length === 0 && row.default !== undefined) given.push([{ origin: `--${row.flag}`, text: row.default }]);
      const [winner = []] = given.map((texts) => texts.map((text) => check(row.type, text)));
      values[key] = row.list ? winner : winner[0];
    } else {
      const text = surplus.shift();
      values[key] = text === undefined ? undefined : check(row.type, { origin: `<${row.argument}>`, text });
      if (text === undefined && !row.optional) mistakes.push(`<${row.argument}> is missing: ${row.help}`);
    }
  }
  for (const argument of surplus) mistakes.push(`${quote(argument)} is one argument too many`);
  return mistakes.length > 0 ? { ok: false, mistakes } : { ok: true, values: values as SettingValues<Table> };
}
