// The constants that V8 leaves in its builds for debuggers of dead processes: tools/gen-postmortem-metadata.py of V8 10.2
// to 14.6. Each is a 32-bit number behind a symbol `v8dbg_<what>`; every official build of Node.js exports them.
import { withImage } from '../../memory/image.ts';
import type { Mapping } from '../../memory/mappings.ts';
import type { ProcessRef } from '../../model/target.ts';
import { unsupportedBuild } from '../unsupported-build.ts';

/** Numbers of instance types and offsets of fields, by name. */
export interface Constants {
  /** E.g. `FIXED_ARRAY_TYPE`; undefined when this version has none of that name. */
  type(name: string): number | undefined;
  /** Bytes from an object's start, e.g. of `JSFunction`, `shared`. Throws `unsupported` when it is not told. */
  offset(className: string, field: string): number;
  /** Any other, e.g. `FirstContextType`. Throws `unsupported` when it is not told. */
  number(name: string): number;
}

const prefix = 'v8dbg_';

/** By a file's symbols, which are the same object as long as they are remembered. */
const known = new WeakMap<ReadonlyMap<string, number>, Constants>();

/** Reads the file alone. Throws `unsupported` when it tells nothing. */
export function readConstants(process: ProcessRef, mappings: readonly Mapping[], path: string): Constants {
  const constants = withImage(process, mappings, path, ({ elf }, read) => {
    const symbols = elf.symbolsWithPrefix(prefix);
    const found = known.get(symbols) ?? constantsOf(readNumbers(symbols, read));
    known.set(symbols, found);
    return found;
  });
  return constants ?? constantsOf(new Map());
}

/** By their names without the prefix. */
function readNumbers(
  symbols: ReadonlyMap<string, number>,
  read: (address: number, length: number) => Buffer | undefined,
): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const [name, address] of symbols) {
    const bytes = read(address, 4);
    if (bytes !== undefined) found.set(name.slice(prefix.length), bytes.readInt32LE(0));
  }
  return found;
}

/** From the names without their prefix. A field's name goes on with its type, which changes from version to version. */
export function constantsOf(numbers: ReadonlyMap<string, number>): Constants {
  const types = new Map<string, number>();
  const offsets = new Map<string, number>();
  for (const [name, value] of numbers) {
    const [, constant] = /^type_\w+?__(\w+)$/.exec(name) ?? [];
    if (constant !== undefined) types.set(constant, value);
    const [, field] = /^class_(\w+?__\w+?)__/.exec(name) ?? [];
    if (field !== undefined) offsets.set(field, value);
  }
  const told = (value: number | undefined, what: string): number => {
    if (value !== undefined && value >= 0 && value < 2 ** 16) return value;
    throw unsupportedBuild('Node.js', `it does not tell debuggers ${what}`);
  };
  return {
    type: (name) => types.get(name),
    offset: (className, field) => told(offsets.get(`${className}__${field}`), `where ${className} has ${field}`),
    number: (name) => told(numbers.get(name), name),
  };
}
