// Reads str and dict, as far as the names of types need it: PyUnicodeObject and PyDictObject of CPython 3.6 to 3.15,
// PyStringObject and PyDictObject of 2.7. What all versions share stands here, what moved in layouts/.
import { readAddress } from '../../../memory/address.ts';
import type { PageCache } from '../../../memory/page-cache.ts';
import type { CpythonLayout } from '../layouts/layout.ts';

const typeOffset = 8; // ob_type, in every object
const sizeOffset = 16; // length of a str, ob_size
const flagsOffset = 168; // tp_flags
const stateOffset = 32; // PyASCIIObject.state
const bytesSubclassFlag = 1 << 27; // Py_TPFLAGS_STRING_SUBCLASS of 2.7
const strSubclassFlag = 1 << 28;

/** A name is for people; what is longer is cut. */
export const maxNameBytes = 256;
const maxDictEntries = 4096;
/** Entries that one reader compares in all: 65,536 types with 16 each, about a second's work. */
const maxComparedEntries = 2 ** 20;

export class NameReader {
  readonly #pages: PageCache;
  readonly #layout: CpythonLayout;
  #entriesLeft = maxComparedEntries;

  constructor(pages: PageCache, layout: CpythonLayout) {
    this.#pages = pages;
    this.#layout = layout;
  }

  /** A compact str (2.7: a str), cut to a name's length; undefined when there is none at the address. */
  text(address: number | undefined): string | undefined {
    const header = address ? this.#pages.read(address, 36) : undefined;
    if (address === undefined || header === undefined) return undefined;
    const type = this.#pages.read(readAddress(header, typeOffset) + flagsOffset, 4);
    const flags = type?.readInt32LE(0) ?? 0;
    const length = Math.min(readAddress(header, sizeOffset), maxNameBytes);
    const { text } = this.#layout;
    if ('bytesData' in text) {
      if ((flags & bytesSubclassFlag) === 0) return undefined;
      return this.#pages.read(address + text.bytesData, length)?.toString('utf8');
    }
    if ((flags & strSubclassFlag) === 0) return undefined;
    const state = header.readUInt32LE(stateOffset); // interned: 2 bits, kind: 3, compact: 1, ascii: 1
    const kind = (state >>> 2) & 7;
    const compact = (state >>> 5) & 1;
    const ascii = (state >>> 6) & 1;
    if (compact === 0 || (kind !== 1 && kind !== 2 && kind !== 4)) return undefined;
    const bytes = this.#pages.read(address + (ascii ? text.asciiData : text.compactData), length * kind);
    return bytes && decode(bytes, kind);
  }

  /** The value under a str key, found by the key's text: an interned pointer is not always what the dict holds. */
  dictValue(dict: number, key: string): number | undefined {
    const entries = dict === 0 ? undefined : this.#entries(dict);
    if (entries === undefined) return undefined;
    const { table, entryBytes } = entries;
    for (let at = entryBytes - 16; at < table.length && this.#entriesLeft-- > 0; at += entryBytes) {
      if (this.#isText(readAddress(table, at), key)) return readAddress(table, at + 8);
    }
    return undefined;
  }

  /** Key and value are the last 16 bytes of each entry. */
  #entries(dict: number): { table: Buffer; entryBytes: number } | undefined {
    const { dict: layout } = this.#layout;
    let address: number;
    let count: number;
    let entryBytes = 24; // PyDictKeyEntry, PyDictEntry: hash, key, value
    if ('mask' in layout) {
      address = this.#pages.readWord(dict + layout.table) ?? 0;
      count = (this.#pages.readWord(dict + layout.mask) ?? 0) + 1;
    } else {
      const keys = this.#pages.readWord(dict + 32); // ma_keys
      const header = keys ? this.#pages.read(keys, 40) : undefined;
      if (keys === undefined || header === undefined) return undefined;
      count = readAddress(header, layout.entryCount);
      if (layout.size === 'logarithm') {
        address = keys + layout.indices + 2 ** Math.min(header[9]!, 32); // dk_log2_index_bytes
        if (header[10] !== 0) entryBytes = 16; // dk_kind: PyDictUnicodeEntry has no hash
      } else {
        const slots = readAddress(header, 8); // dk_size
        address =
          keys + layout.indices + slots * (slots <= 0xff ? 1 : slots <= 0xffff ? 2 : slots <= 0xffffffff ? 4 : 8);
      }
    }
    const table = this.#pages.read(address, Math.min(count, maxDictEntries) * entryBytes);
    return table && { table, entryBytes };
  }

  #isText(address: number, text: string): boolean {
    if (address === 0) return false;
    const length = this.#pages.readWord(address + sizeOffset);
    return length === text.length && this.text(address) === text;
  }
}

function decode(bytes: Buffer, kind: 1 | 2 | 4): string | undefined {
  if (kind === 1) return bytes.toString('latin1');
  if (kind === 2) return bytes.toString('utf16le');
  const codePoints = Array.from({ length: bytes.length / 4 }, (_, index) => bytes.readUInt32LE(index * 4));
  return codePoints.every((point) => point <= 0x10ffff) ? String.fromCodePoint(...codePoints) : undefined;
}
