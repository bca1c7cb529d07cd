import type { z } from 'zod';

/** What a setting's text may be: a name for help and README, and the check that turns text into a value. */
export interface ValueType<Value> {
  readonly name: string;
  readonly schema: z.ZodType<Value, string>;
}

interface Described<Value> {
  readonly type: ValueType<Value>;
  /** One sentence without a full stop, as Prometheus exporters print it. */
  readonly help: string;
}

/** `--flag`; defaults are written as a user would write them, so that help and README show what is parsed. */
export interface FlagSetting<Value = unknown> extends Described<Value> {
  readonly flag: string;
  /** Without one the value is `undefined` unless it is given. */
  readonly default?: string;
  /** A repeatable flag, a list in the file, divided by commas in the environment; without any the list is empty. */
  readonly list?: true;
}

/** An argument without a flag; several are read in the table's order. */
export interface ArgumentSetting<Value = unknown> extends Described<Value> {
  readonly argument: string;
  /** Without it the argument is required; with it the value is `undefined` unless it is given. */
  readonly optional?: true;
}

/** The settings of one command, by the name of the property that carries the value in the program. */
export type SettingTable = Readonly<Record<string, FlagSetting | ArgumentSetting>>;

type ValueOf<Row> = Row extends { readonly type: ValueType<infer Value> } ? Value : never;

/** The checked values of a table. */
export type SettingValues<Table extends SettingTable> = {
  readonly [Key in keyof Table]: Table[Key] extends { readonly list: true }
    ? readonly ValueOf<Table[Key]>[]
    : Table[Key] extends { readonly optional: true }
      ? ValueOf<Table[Key]> | undefined
      : Table[Key] extends { readonly default: string } | { readonly argument: string }
        ? ValueOf<Table[Key]>
        : ValueOf<Table[Key]> | undefined;
};

/** The rows of a table that are flags. */
export function flagsOf(table: SettingTable): FlagSetting[] {
  return Object.values(table).filter((row) => 'flag' in row);
}

/** The environment variable of a flag: `web.listen-address` is `HEAPWATCH_WEB_LISTEN_ADDRESS`. */
export function environmentName(flag: string): string {
  return `HEAPWATCH_${flag.replace(/[.-]/g, '_').toUpperCase()}`;
}
