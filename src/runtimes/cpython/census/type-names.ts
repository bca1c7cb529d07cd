// Reads what a type object says of itself: PyTypeObject and PyHeapTypeObject, Include/cpython/object.h of CPython 2.7 and
// 3.6 to 3.15. The fields that all versions share stand here, those that moved in layouts/.
import { readAddress } from '../../../memory/address.ts';
import type { MappedFiles } from '../../../memory/mapped-files.ts';
import type { PageCache } from '../../../memory/page-cache.ts';
import type { CpythonLayout } from '../layouts/layout.ts';
import { maxNameBytes, NameReader } from './name-reader.ts';

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
const preheaderBytes = 16;

/** Stands for the names of types whose page is neither present nor a file's that we can open. */
const unreadableName = '(name not readable)';
/** `__builtin__` is 2.7's. */
const builtinModules = new Set(['builtins', '__builtin__']);
const maxMetatypes = 8;

export class TypeReader {
  readonly #pages: PageCache;
  readonly #files: Pick<MappedFiles, 'read'>;
  readonly #layout: CpythonLayout;
  readonly #names: NameReader;
  /** Addresses of objects known to be types of types: `type` and what derives from it. */
  readonly #metatypes = new Set<number>();

  /** `files` has the names of static types whose page is not present in the process. */
  constructor(pages: PageCache, files: Pick<MappedFiles, 'read'>, layout: CpythonLayout, typeAddress: number) {
    this.#pages = pages;
    this.#files = files;
    this.#layout = layout;
    this.#names = new NameReader(pages, layout);
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
    const { text } = this.#layout;
    const leastBytes = isStr && 'asciiData' in text ? text.asciiData + 1 : basicBytes;
    return {
      name,
      objectOffset: preheader + ((flags & gcFlag) !== 0 ? this.#layout.gc.headBytes : 0),
      basicBytes: leastBytes,
    };
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
    const bytes =
      this.#pages.read(address, maxNameBytes) ??
      this.#files.read(address, maxNameBytes) ??
      this.#pages.read(address, Math.min(rest, maxNameBytes));
    // A type that is one by all its other fields is counted, whatever its name is.
    if (bytes === undefined) return unreadableName;
    const end = bytes.indexOf(0);
    return end < 0 ? undefined : bytes.toString('utf8', 0, end);
  }

  #heapTypeName(address: number, header: Buffer): string | undefined {
    const { heapTypeQualname } = this.#layout;
    const qualname = heapTypeQualname && this.#names.text(this.#pages.readWord(address + heapTypeQualname));
    const name = qualname || this.#cString(header);
    const module = this.#names.text(this.#names.dictValue(readAddress(header, tpDict), '__module__'));
    return name === undefined || module === undefined || builtinModules.has(module) ? name : `${module}.${name}`;
  }
}
