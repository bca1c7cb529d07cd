// ELF-64, little-endian: the System V ABI's gABI chapters "ELF Header", "Section Header", "Program Header", "Symbol
// Table"; x86-64 only. Section headers are used for symbols: `strip` keeps them for the dynamic table.

import { readAddress } from './address.ts';
import { openSymbolHash } from './symbol-hash.ts';

/** Reads `length` bytes at a file offset; undefined when the file is shorter. */
export type ReadBytes = (offset: number, length: number) => Buffer | undefined;

export interface ElfSegment {
  readonly fileOffset: number;
  readonly fileBytes: number;
  readonly address: number;
  readonly memoryBytes: number;
  readonly writable: boolean;
}

export interface ElfSection {
  readonly name: string;
  readonly type: number;
  readonly address: number;
  readonly fileOffset: number;
  readonly bytes: number;
  /** For a symbol table: the index of its string table. */
  readonly link: number;
}

export interface Elf {
  /** The PT_LOAD segments, as the file orders them. */
  readonly segments: readonly ElfSegment[];
  readonly sections: readonly ElfSection[];
  /** Addresses (before relocation) of those of the names that the dynamic symbol table defines. */
  symbols(names: readonly string[]): ReadonlyMap<string, number>;
  /** The same for all whose names begin so, such as the constants that a runtime tells debuggers. */
  symbolsWithPrefix(prefix: string): ReadonlyMap<string, number>;
  /** The same from the full symbol table, which a stripped file has not. */
  staticSymbols(names: readonly string[]): ReadonlyMap<string, number>;
}

const headerBytes = 64;
const programHeaderBytes = 56;
const sectionHeaderBytes = 64;
const symbolBytes = 24;
const loadSegment = 1; // PT_LOAD
const writableFlag = 2; // PF_W
const symbolTableType = 2; // SHT_SYMTAB
const dynamicSymbolsType = 11; // SHT_DYNSYM
const x86_64 = 62; // EM_X86_64

/** Bounds for hostile files: far above any real interpreter (Node.js has 3 MB of dynamic symbols and their names). */
const maxHeaders = 512;
const maxTableBytes = 64 * 2 ** 20;
/** Longer names are cut: those of compilers and linkers have up to 30, the constants for debuggers up to 130. */
const maxNameBytes = 256;
/** A name may be the tail of others, so a few places are looked at. */
const maxSameNames = 16;
/** V8 has some 550 constants for debuggers. */
const maxPrefixedSymbols = 4096;

/** Answers undefined for what is not a 64-bit little-endian x86-64 ELF file of plausible form. */
export function parseElf(read: ReadBytes): Elf | undefined {
  const header = read(0, headerBytes);
  if (header === undefined || header.readUInt32BE(0) !== 0x7f454c46) return undefined;
  if (header[4] !== 2 || header[5] !== 1 || header.readUInt16LE(18) !== x86_64) return undefined;
  const segments = readSegments(read, readOffset(header, 32), header.readUInt16LE(54), header.readUInt16LE(56));
  if (segments === undefined || segments.length === 0) return undefined;
  const sections = readSections(read, header);
  return {
    segments,
    sections,
    symbols: (names) =>
      findHashed(read, sections, names) ??
      findSymbols(read, sections, dynamicSymbolsType, (strings) => placesOf(strings, names)),
    symbolsWithPrefix: (prefix) =>
      findSymbols(read, sections, dynamicSymbolsType, (strings) => placesWithPrefix(strings, prefix)),
    staticSymbols: (names) => findSymbols(read, sections, symbolTableType, (strings) => placesOf(strings, names)),
  };
}

function readSegments(read: ReadBytes, offset: number, entryBytes: number, count: number): ElfSegment[] | undefined {
  if (entryBytes !== programHeaderBytes || count > maxHeaders) return undefined;
  const table = read(offset, count * programHeaderBytes);
  if (table === undefined) return undefined;
  const segments: ElfSegment[] = [];
  for (let at = 0; at < table.length; at += programHeaderBytes) {
    if (table.readUInt32LE(at) !== loadSegment) continue;
    segments.push({
      writable: (table.readUInt32LE(at + 4) & writableFlag) !== 0,
      fileOffset: readOffset(table, at + 8),
      address: readOffset(table, at + 16),
      fileBytes: readOffset(table, at + 32),
      memoryBytes: readOffset(table, at + 40),
    });
  }
  return segments;
}

function readSections(read: ReadBytes, header: Buffer): ElfSection[] {
  const count = header.readUInt16LE(60);
  if (header.readUInt16LE(58) !== sectionHeaderBytes || count > maxHeaders) return [];
  const table = read(readOffset(header, 40), count * sectionHeaderBytes);
  if (table === undefined) return [];
  const named: { nameOffset: number; section: ElfSection }[] = [];
  for (let at = 0; at < table.length; at += sectionHeaderBytes) {
    named.push({
      nameOffset: table.readUInt32LE(at),
      section: {
        name: '',
        type: table.readUInt32LE(at + 4),
        address: readOffset(table, at + 16),
        fileOffset: readOffset(table, at + 24),
        bytes: readOffset(table, at + 32),
        link: table.readUInt32LE(at + 40),
      },
    });
  }
  const names = readTable(read, named[header.readUInt16LE(62)]?.section);
  return named.map(({ nameOffset, section }) => ({ ...section, name: stringAt(names, nameOffset) }));
}

/** Undefined for a file that has no table for that; as below, a name of several is none. */
function findHashed(read: ReadBytes, sections: readonly ElfSection[], names: readonly string[]) {
  const findEntries = openSymbolHash(read, sections);
  if (findEntries === undefined) return undefined;
  const found = new Map<string, number>();
  for (const name of names) {
    const [entry, ...others] = findEntries(name).filter(isDefined);
    if (entry !== undefined && others.length === 0) found.set(name, readOffset(entry, 8));
  }
  return found;
}

function isDefined(entry: Buffer): boolean {
  return entry.readUInt16LE(6) !== 0; // SHN_UNDEF
}

function findSymbols(
  read: ReadBytes,
  sections: readonly ElfSection[],
  type: number,
  findNames: (strings: Buffer) => Map<number, string>,
): Map<string, number> {
  const found = new Map<string, number>();
  const section = sections.find((candidate) => candidate.type === type);
  if (section === undefined) return found;
  const symbols = readTable(read, section);
  const nameAt = findNames(readTable(read, sections[section.link]));
  const twice = new Set<string>();
  for (let at = 0; at + symbolBytes <= symbols.length; at += symbolBytes) {
    const name = nameAt.get(symbols.readUInt32LE(at));
    if (name === undefined || symbols.readUInt16LE(at + 6) === 0 /* SHN_UNDEF */) continue;
    if (found.has(name)) twice.add(name);
    found.set(name, readOffset(symbols, at + 8));
  }
  for (const name of twice) found.delete(name);
  return found;
}

/**
 * Where the names stand among the strings: sought first, so that no string is made per symbol. A linker lets a name share
 * the tail of a longer one, so it need not stand alone.
 */
function placesOf(strings: Buffer, names: readonly string[]): Map<number, string> {
  const places = new Map<number, string>();
  for (const name of names) {
    const needle = Buffer.from(`${name}\0`, 'latin1');
    let from = strings.indexOf(needle);
    for (let tries = 0; from >= 0 && tries < maxSameNames; tries++, from = strings.indexOf(needle, from + 1)) {
      places.set(from, name);
    }
  }
  return places;
}

function placesWithPrefix(strings: Buffer, prefix: string): Map<number, string> {
  const places = new Map<number, string>();
  const needle = Buffer.from(`\0${prefix}`, 'latin1');
  let from = strings.indexOf(needle);
  for (; from >= 0 && places.size < maxPrefixedSymbols; from = strings.indexOf(needle, from + 1)) {
    places.set(from + 1, stringAt(strings, from + 1));
  }
  return places;
}

function readTable(read: ReadBytes, section: ElfSection | undefined): Buffer {
  if (section === undefined || section.bytes > maxTableBytes) return Buffer.alloc(0);
  return read(section.fileOffset, section.bytes) ?? Buffer.alloc(0);
}

function stringAt(strings: Buffer, offset: number): string {
  const start = strings.subarray(offset, offset + maxNameBytes);
  const end = start.indexOf(0);
  return start.toString('latin1', 0, end < 0 ? start.length : end);
}

/** Beyond every file and address space, and still exact when the place of an entry in a table is added. */
const farAway = 2 ** 52;

/** A 64-bit offset or address; one beyond `farAway` cannot be real, and reads as that. */
function readOffset(buffer: Buffer, at: number): number {
  return Math.min(readAddress(buffer, at), farAway);
}
