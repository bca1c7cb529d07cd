// Reads what a type object says of itself: PyTypeObject, PyHeapTypeObject, PyDictObject and str, Include/cpython of
// CPython 3.8 to 3.13. The fields that all versions share stand here, those that moved in layouts/.
import type { PageCache } from '../../memory/page-cache.ts';
import type { CpythonLayout } from './layouts/layout.ts';

/** What a census needs of a type. */
export interface TypeFacts {
  readonly name: string;
  /** Bytes from the start of an object's memory block to the object: the collector's header and what stands before. */
  readonly objectOffset: number;
  readonly basicBytes: number;
}

const headerBytes = 272;
const typeOffset = 8; // ob_type, in every object
const tpName = 24;
const tpBasicSize = 32;
const tpItemSize = 40;
const tpFlags = 168;
const tpDict = 264;
const heapTypeFlag = 1 << 9;
const readyFlag = 1 << 12;
const gcFlag = 1 << 14;
const strSubclassFlag = 1 << 28;
const typeSubclassFlag = 1 << 31;
const gcHeadBytes = 16;
const preheaderBytes = 16;

/** A name is for people; what is longer is cut. */
const maxNameBytes = 256;
const maxDictEntries = 4096;
const maxMetatypes = 8;

export class TypeReader {
  readonly #pages: PageCache;
  readonly #layout: CpythonLayout;
  /** Addresses of objects known to be types of types: `type` and what derives from it. */
  readonly #metatypes = new Set<number>();

  constructor(pages: PageCache, layout: CpythonLayout, typeAddress: number) {
    this.#pages = pages;
    this.#layout = layout;
    this.#metatypes.add(typeAddress);
  }

  /** Undefined when there is no type object at the address. */
  read(address: number): TypeFacts | undefined {
    const header = this.#pages.read(address, headerBytes);
    if (header === undefined) return undefined;
    const flags = header.readInt32LE(tpFlags);
    const basicBytes = readAddress(header, tpBasicSize);
    const itemBytes = readAddress(header, tpItemSize);
    if ((flags & readyFlag) === 0 || basicBytes < 16 || basicBytes > 2 ** 24 || itemBytes > 2 ** 24) return undefined;
    if (!this.#isMetatype(readAddress(header, typeOffset), 0)) return undefined;
    const name = (flags & heapTypeFlag) !== 0 ? this.#heapTypeName(address, header) : this.#cString(header);
    if (name === undefined || name === '') return undefined;
    const preheader = (flags & this.#layout.preheaderFlags) !== 0 ? preheaderBytes : 0;
    // str's basic size is that of its rare legacy form; a compact ASCII one is smaller.
    const isStr = (flags & strSubclassFlag) !== 0 && (flags & heapTypeFlag) === 0;
    const leastBytes = isStr ? this.#layout.asciiData + 1 : basicBytes;
    return { name, objectOffset: preheader + ((flags & gcFlag) !== 0 ? gcHeadBytes : 0), basicBytes: leastBytes };
  }

  #isMetatype(address: number, depth: number): boolean {
    if (this.#metatypes.has(address)) return true;
    const header = depth > maxMetatypes ? undefined : this.#pages.read(address, headerBytes);
    if (header === undefined || (header.readInt32LE(tpFlags) & typeSubclassFlag) === 0) return false;
    if (!this.#isMetatype(readAddress(header, typeOffset), depth + 1)) return false;
    this.#metatypes.add(address);
    return true;
  }

  /** A static type's tp_name holds its module already, e.g. `collections.deque`. */
  #cString(header: Buffer): string | undefined {
    const address = readAddress(header, tpName);
    const rest = 4096 - (address % 4096);
    const bytes = this.#pages.read(address, maxNameBytes) ?? this.#pages.read(address, Math.min(rest, maxNameBytes));
    const end = bytes?.indexOf(0) ?? -1;
    return end < 0 ? undefined : bytes?.toString('utf8', 0, end);
  }

  #heapTypeName(address: number, header: Buffer): string | undefined {
    const qualname = this.#string(this.#pages.readWord(address + this.#layout.heapTypeQualname));
    const name = qualname ?? this.#cString(header);
    const module = this.#string(this.#dictValue(readAddress(header, tpDict), '__module__'));
    return name === undefined || module === undefined || module === 'builtins' ? name : `${module}.${name}`;
  }

  /** A compact str, cut to a name's length. */
  #string(address: number | undefined): string | undefined {
    const header = address ? this.#pages.read(address, 36) : undefined;
    if (address === undefined || header === undefined) return undefined;
    const type = this.#pages.read(readAddress(header, typeOffset) + tpFlags, 4);
    if (type === undefined || (type.readInt32LE(0) & strSubclassFlag) === 0) return undefined;
    const state = header.readUInt32LE(32); // interned: 2 bits, kind: 3, compact: 1, ascii: 1
    const kind = (state >>> 2) & 7;
    const compact = (state >>> 5) & 1;
    const ascii = (state >>> 6) & 1;
    if (compact === 0 || (kind !== 1 && kind !== 2 && kind !== 4)) return undefined;
    const length = Math.min(readAddress(header, 16), maxNameBytes);
    const bytes = this.#pages.read(
      address + (ascii ? this.#layout.asciiData : this.#layout.compactData),
      length * kind,
    );
    if (bytes === undefined) return undefined;
    if (kind === 1) return bytes.toString('latin1');
    if (kind === 2) return bytes.toString('utf16le');
    const codePoints = Array.from({ length }, (_, index) => bytes.readUInt32LE(index * 4));
    return codePoints.every((point) => point <= 0x10ffff) ? String.fromCodePoint(...codePoints) : undefined;
  }

  /** The value under a str key, found by the key's text: an interned pointer is not always what the dict holds. */
  #dictValue(dict: number, key: string): number | undefined {
    const keys = dict === 0 ? undefined : this.#pages.readWord(dict + 32); // ma_keys
    const header = keys ? this.#pages.read(keys, 40) : undefined;
    if (keys === undefined || header === undefined) return undefined;
    const { size, entryCount, indices } = this.#layout.dictKeys;
    const count = Math.min(readAddress(header, entryCount), maxDictEntries);
    let entries: number;
    let entryBytes = 24; // PyDictKeyEntry: hash, key, value
    if (size === 'logarithm') {
      entries = indices + 2 ** Math.min(header[9]!, 32); // dk_log2_index_bytes
      if (header[10] !== 0) entryBytes = 16; // dk_kind: PyDictUnicodeEntry has no hash
    } else {
      const slots = readAddress(header, 8); // dk_size
      entries = indices + slots * (slots <= 0xff ? 1 : slots <= 0xffff ? 2 : slots <= 0xffffffff ? 4 : 8);
    }
    const table = this.#pages.read(keys + entries, count * entryBytes);
    if (table === undefined) return undefined;
    for (let at = entryBytes - 16; at < table.length; at += entryBytes) {
      if (this.#isText(readAddress(table, at), key)) return readAddress(table, at + 8);
    }
    return undefined;
  }

  #isText(address: number, text: string): boolean {
    const length = this.#pages.readWord(address + 16);
    return length === text.length && this.#string(address) === text;
  }
}

function readAddress(buffer: Buffer, at: number): number {
  return buffer.readUInt32LE(at + 4) * 2 ** 32 + buffer.readUInt32LE(at);
}
