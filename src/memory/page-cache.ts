import { readAddress } from './address.ts';
import { pageSize } from './pagemap.ts';
import { isAddressable, type ProcessMemory } from './process-memory.ts';

const slots = 512;

/** What the last one that was closed leaves to the next: as much anew for each scan would wait for a collection of ours. */
let spare: Buffer | undefined;

/**
 * Small reads that cluster (type objects, their names and dicts) through a direct-mapped cache of 512 pages, 2 MiB.
 * For the time of one scan only: it never looks at a page again.
 */
export class PageCache {
  readonly #memory: ProcessMemory;
  #bytes: Buffer;
  readonly #pages = new Float64Array(slots).fill(-1);
  /** Bytes that were really there, per slot: 0 for an absent page. */
  readonly #seen = new Uint16Array(slots);

  constructor(memory: ProcessMemory) {
    this.#memory = memory;
    this.#bytes = spare ?? Buffer.alloc(slots * pageSize);
    spare = undefined;
  }

  /** Idempotent; nothing can be read any more. Without it only some memory stays longer. */
  close(): void {
    if (this.#bytes.length > 0) spare = this.#bytes;
    this.#bytes = Buffer.alloc(0);
    this.#pages.fill(-1);
  }

  /** A copy of `length` bytes; undefined when one of its pages is not present. */
  read(address: number, length: number): Buffer | undefined {
    if (!isAddressable(address, length)) return undefined;
    const copy = Buffer.allocUnsafe(length);
    for (let done = 0; done < length; ) {
      const page = Math.floor((address + done) / pageSize);
      const slot = page % slots;
      if (this.#pages[slot] !== page) {
        this.#seen[slot] = this.#memory.read(page * pageSize, this.#bytes, slot * pageSize, pageSize);
        this.#pages[slot] = page;
      }
      if (this.#seen[slot] !== pageSize) return undefined;
      const offset = (address + done) % pageSize;
      const step = Math.min(length - done, pageSize - offset);
      this.#bytes.copy(copy, done, slot * pageSize + offset, slot * pageSize + offset + step);
      done += step;
    }
    return copy;
  }

  /** A 64-bit word; undefined when absent or beyond 2^53. */
  readWord(address: number): number | undefined {
    const bytes = this.read(address, 8);
    if (bytes === undefined) return undefined;
    const value = readAddress(bytes, 0);
    return value <= Number.MAX_SAFE_INTEGER ? value : undefined;
  }
}
