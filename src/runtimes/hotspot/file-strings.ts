import type { ElfSegment } from '../../memory/elf.ts';

/** Names of C++ types with their template arguments. */
const maxStringBytes = 256;
const pieceBytes = 64 * 1024;
/** The names of libjvm's tables lie within 1 MB; a hostile table may point anywhere. */
const maxPieces = 64;

/** Constant strings of a program's file, found by their addresses in a process that has mapped it. */
export class FileStrings {
  readonly #segments: readonly ElfSegment[];
  readonly #read: (address: number, length: number) => Buffer | undefined;
  readonly #loadBias: number;
  readonly #pieces = new Map<number, Buffer | undefined>();
  readonly #strings = new Map<number, string | undefined>();

  /** `read` takes addresses of the file, before `loadBias` is added. */
  constructor(
    segments: readonly ElfSegment[],
    read: (address: number, length: number) => Buffer | undefined,
    loadBias: number,
  ) {
    this.#segments = segments;
    this.#read = read;
    this.#loadBias = loadBias;
  }

  /** Undefined where there is none, or none that ends within 256 bytes. */
  at(address: number): string | undefined {
    if (!this.#strings.has(address)) this.#strings.set(address, this.#readString(address - this.#loadBias));
    return this.#strings.get(address);
  }

  #readString(address: number): string | undefined {
    const segment = this.#segments.find((one) => address >= one.address && address < one.address + one.fileBytes);
    if (segment === undefined || segment.writable) return undefined;
    const start = address - ((address - segment.address) % pieceBytes);
    if (!this.#pieces.has(start) && this.#pieces.size < maxPieces) {
      const length = Math.min(pieceBytes + maxStringBytes, segment.address + segment.fileBytes - start);
      this.#pieces.set(start, this.#read(start, length));
    }
    const piece = this.#pieces.get(start)?.subarray(address - start, address - start + maxStringBytes);
    const end = piece?.indexOf(0) ?? -1;
    return end > 0 ? piece?.toString('latin1', 0, end) : undefined;
  }
}
