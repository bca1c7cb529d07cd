// JVM flags as they are in effect: the table JVMFlag::flags (Flag::flags in JDK 8), src/hotspot/share/runtime/flags/
// jvmFlag.hpp of OpenJDK 8 to 27. Each entry holds the addresses of a flag's name and of its value, and its type: up to 11
// the address of the type's name, later its number.
import { readAddress } from '../../memory/address.ts';
import { withImage } from '../../memory/image.ts';
import type { Mapping } from '../../memory/mappings.ts';
import type { ProcessMemory } from '../../memory/process-memory.ts';
import { FileStrings } from './file-strings.ts';
import type { VmStructs } from './vm-structs.ts';

/** Those that we ask for, of 700 to 1,500: the others are not kept. */
const flagNames = [
  'InitialHeapSize',
  'MaxDirectMemorySize',
  'MaxHeapSize',
  'MaxMetaspaceSize',
  'ObjectAlignmentInBytes',
  'UseAdaptiveSizePolicy',
  'UseCompactObjectHeaders',
  'UseCompressedClassPointers',
  'UseG1GC',
  'UseNUMA',
  'UseParallelGC',
  'UseSerialGC',
  'UseShenandoahGC',
  'UseZGC',
  'ZGenerational',
] as const;

export type FlagName = (typeof flagNames)[number];

/** The flags of a JVM; some change while it runs, so each call reads the value anew. Undefined for those it has not. */
export interface Flags {
  bool(name: FlagName): boolean | undefined;
  /** A whole number; undefined also for one below 0 or beyond 2^53. */
  number(name: FlagName): number | undefined;
}

interface Flag {
  readonly address: number;
  readonly type: string;
}

/** Of 24 or 32 bytes. */
const maxFlags = 8192;
const maxEntryBytes = 64;
/** By their numbers: JVM_FLAG_NON_STRING_TYPES_DO. */
const types = ['bool', 'int', 'uint', 'intx', 'uintx', 'uint64_t', 'size_t', 'double'];
const askedFor: ReadonlySet<string> = new Set(flagNames);
const wideTypes = new Set(['intx', 'uintx', 'uint64_t', 'size_t']);

/** Where each flag is, by name. It holds as long as the JVM runs. */
export type FlagPlaces = ReadonlyMap<string, Flag>;

/** Finds the flags of the libjvm that is mapped under `path`: 2 to 6 ms. Without a table that can be read there are none. */
export function readFlags(
  memory: ProcessMemory,
  mappings: readonly Mapping[],
  path: string,
  structs: VmStructs,
): Flags {
  return flagsAt(memory, findFlagPlaces(memory, mappings, path, structs));
}

/** The first half of `readFlags`, for whoever keeps the places. */
export function findFlagPlaces(
  memory: ProcessMemory,
  mappings: readonly Mapping[],
  path: string,
  structs: VmStructs,
): FlagPlaces {
  const places = withImage(memory.process, mappings, path, ({ elf, loadBias }, readFile) =>
    findFlags(memory, structs, new FileStrings(elf.segments, readFile, loadBias)),
  );
  return places ?? new Map();
}

/** The second half of `readFlags`. */
export function flagsAt(memory: ProcessMemory, places: FlagPlaces): Flags {
  const bytes = Buffer.alloc(4);
  return {
    bool(name) {
      const flag = places.get(name);
      if (flag?.type !== 'bool' || memory.read(flag.address, bytes, 0, 1) < 1) return undefined;
      return bytes[0] !== 0;
    },
    number(name) {
      const flag = places.get(name);
      if (flag === undefined) return undefined;
      if (wideTypes.has(flag.type)) return memory.readWord(flag.address);
      if (flag.type !== 'int' && flag.type !== 'uint') return undefined;
      if (memory.read(flag.address, bytes, 0, 4) < 4) return undefined;
      const value = flag.type === 'int' ? bytes.readInt32LE(0) : bytes.readUInt32LE(0);
      return value < 0 ? undefined : value;
    },
  };
}

function findFlags(memory: ProcessMemory, structs: VmStructs, strings: FileStrings): Map<string, Flag> {
  const flags = new Map<string, Flag>();
  const record = structs.typeBytes.has('JVMFlag') ? 'JVMFlag' : 'Flag';
  const field = (name: string) => structs.fields.get(`${record}::${name}`)?.at ?? Number.NaN;
  const [name, value, type] = [field('_name'), field('_addr'), field('_type')];
  const start = memory.readWord(field('flags'));
  const count = Math.min(memory.readWord(field('numFlags')) ?? 0, maxFlags);
  const entryBytes = structs.typeBytes.get(record) ?? 0;
  if (!start || entryBytes > maxEntryBytes || !(Math.max(name, value, type) + 4 <= entryBytes)) return flags;
  const table = Buffer.alloc(count * entryBytes + 8); // a hostile table's last field may be read 4 bytes past its end
  memory.read(start, table, 0, count * entryBytes);
  const typesHaveNames = structs.fields.get(`${record}::_type`)?.type === 'const char*';
  for (let at = 0; at < count * entryBytes; at += entryBytes) {
    const text = strings.at(readAddress(table, at + name));
    if (text === undefined || !askedFor.has(text)) continue;
    const typeName = typesHaveNames ? strings.at(readAddress(table, at + type)) : types[table.readInt32LE(at + type)];
    flags.set(text, { address: readAddress(table, at + value), type: typeName ?? '' });
  }
  return flags;
}
