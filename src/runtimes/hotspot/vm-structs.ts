// HotSpot's description of itself, made for its Serviceability Agent: tables of fields, types and constants that libjvm
// exports as gHotSpotVM* (src/hotspot/share/runtime/vmStructs.hpp of OpenJDK; the same form in 8 to 27). Each table ends
// with an entry whose names are null. The tables lie in data that is relocated as libjvm is loaded, so they are read from
// the process; the names lie in its read-only data, of which few pages are present, so they are read from the file.
import { readAddress } from '../../memory/address.ts';
import { withImage } from '../../memory/image.ts';
import type { Mapping } from '../../memory/mappings.ts';
import type { ProcessMemory } from '../../memory/process-memory.ts';
import { ReadFailure } from '../../model/failure.ts';
import { FileStrings } from './file-strings.ts';

/** A field of one of HotSpot's types. */
export interface VmField {
  readonly isStatic: boolean;
  /** Of a static field the address in the process, of another one the offset in the object. */
  readonly at: number;
  /** As C++ writes it, e.g. `Klass*`. */
  readonly type: string;
}

/** What a libjvm says of itself. Names are those of its sources, e.g. `Klass::_layout_helper`. */
export interface VmStructs {
  /** Keyed `Type::_field`. */
  readonly fields: ReadonlyMap<string, VmField>;
  readonly typeBytes: ReadonlyMap<string, number>;
  readonly constants: ReadonlyMap<string, number>;
}

/** JDK 11 has 840 fields, 760 types and 460 constants; no other has many more. */
const maxEntries = 16_384;
const maxStride = 256;
const pieceBytes = 64 * 1024;

const prefix = 'gHotSpotVM';
/** The columns of each table: what stands at the offset that `gHotSpotVM<Entry><Column>Offset` holds. */
const tables = {
  fields: {
    symbol: 'Structs',
    entry: 'StructEntry',
    columns: ['TypeName', 'FieldName', 'TypeString', 'IsStatic', 'Offset', 'Address'],
  },
  types: { symbol: 'Types', entry: 'TypeEntry', columns: ['TypeName', 'Size'] },
  ints: { symbol: 'IntConstants', entry: 'IntConstantEntry', columns: ['Name', 'Value'] },
  longs: { symbol: 'LongConstants', entry: 'LongConstantEntry', columns: ['Name', 'Value'] },
} as const;

type Table = (typeof tables)[keyof typeof tables];

const wantedSymbols = Object.values(tables).flatMap(({ symbol, entry, columns }) => [
  `${prefix}${symbol}`,
  `${prefix}${entry}ArrayStride`,
  ...columns.map((column) => `${prefix}${entry}${column}Offset`),
]);

/**
 * Reads the tables of the libjvm that is mapped under a path: 5 to 20 ms. Throws `unsupported` when it exports none,
 * `busy` while it is being loaded, `unreadable` when its file cannot be opened or the tables contradict themselves.
 */
export function readVmStructs(memory: ProcessMemory, mappings: readonly Mapping[], path: string): VmStructs {
  const structs = withImage(memory.process, mappings, path, ({ elf, loadBias }, readFile) => {
    const symbols = elf.symbols(wantedSymbols);
    if (wantedSymbols.some((name) => !symbols.has(name))) throw noDescription();
    const word = (name: string) => memory.readWord(symbols.get(prefix + name)! + loadBias);
    const strings = new FileStrings(elf.segments, readFile, loadBias);
    return readTables(memory, word, strings);
  });
  if (structs !== undefined) return structs;
  throw new ReadFailure(
    'unreadable',
    `${path} cannot be opened, which tells how this JVM keeps its heap; was it replaced while the process runs? ` +
      'Root with the capability CHECKPOINT_RESTORE or SYS_ADMIN can open replaced files',
  );
}

type Word = (name: string) => number | undefined;

function readTables(memory: ProcessMemory, word: Word, strings: FileStrings): VmStructs {
  const fields = new Map<string, VmField>();
  eachEntry(memory, word, tables.fields, (entry, [typeName, fieldName, typeString, isStatic, offset, address]) => {
    const type = strings.at(readAddress(entry, typeName!));
    const name = strings.at(readAddress(entry, fieldName!));
    if (type === undefined || name === undefined) return false;
    const fixed = entry.readInt32LE(isStatic!) !== 0;
    fields.set(`${type}::${name}`, {
      isStatic: fixed,
      at: readAddress(entry, fixed ? address! : offset!),
      type: strings.at(readAddress(entry, typeString!)) ?? '',
    });
    return true;
  });
  const typeBytes = new Map<string, number>();
  eachEntry(memory, word, tables.types, (entry, [typeName, size]) => {
    const name = strings.at(readAddress(entry, typeName!));
    if (name !== undefined) typeBytes.set(name, readAddress(entry, size!));
    return name !== undefined;
  });
  const constants = new Map<string, number>();
  eachEntry(memory, word, tables.ints, (entry, [name, value]) => {
    const text = strings.at(readAddress(entry, name!));
    if (text !== undefined) constants.set(text, entry.readInt32LE(value!));
    return text !== undefined;
  });
  eachEntry(memory, word, tables.longs, (entry, [name, value]) => {
    const text = strings.at(readAddress(entry, name!));
    if (text !== undefined) constants.set(text, readAddress(entry, value!));
    return text !== undefined;
  });
  // A file that is not the one in memory gives names that mean nothing.
  if (!fields.has('Klass::_layout_helper') || !typeBytes.has('Klass')) throw noDescription();
  return { fields, typeBytes, constants };
}

/** Calls `use` with each entry and its columns' offsets until it answers false, as it does at the entry without names. */
function eachEntry(
  memory: ProcessMemory,
  word: Word,
  { symbol, entry, columns }: Table,
  use: (entry: Buffer, columns: readonly number[]) => boolean,
): void {
  const start = word(symbol);
  const stride = word(`${entry}ArrayStride`);
  const offsets = columns.map((column) => word(`${entry}${column}Offset`) ?? Number.NaN);
  if (!start || !stride || offsets.some(Number.isNaN)) {
    throw new ReadFailure('busy', 'this JVM is being loaded, or a page of libjvm itself is in swap; try again');
  }
  if (stride > maxStride || offsets.some((offset) => offset + 8 > stride + 4)) throw contradiction();
  const perPiece = Math.floor(pieceBytes / stride);
  const piece = Buffer.alloc(perPiece * stride + 8); // the last column of a row may be read 4 bytes past its end
  for (let first = 0; first < maxEntries; first += perPiece) {
    memory.read(start + first * stride, piece, 0, perPiece * stride);
    for (let at = 0; at < perPiece * stride; at += stride) {
      if (!use(piece.subarray(at, at + stride + 8), offsets)) return;
    }
  }
  throw contradiction();
}

function noDescription(): ReadFailure {
  return new ReadFailure('unsupported', 'this libjvm does not describe itself as those of OpenJDK 8 to 27 do');
}

function contradiction(): ReadFailure {
  return new ReadFailure('unreadable', "libjvm's description of itself contradicts itself");
}
