import { pageSize } from '../../../memory/pagemap.ts';
import type { ProcessMemory } from '../../../memory/process-memory.ts';

const zeros = Buffer.alloc(pageSize);

/**
 * The heap of ZGC without generations, which is mapped three times: at one, two and four times `base`, the addresses that
 * mean marked0, marked1 and remapped. A page is present where the program looked at it; elsewhere it reads as zeros.
 */
export class HeapViews {
  readonly #memory: ProcessMemory;
  readonly #base: number;
  #other = Buffer.alloc(0);

  constructor(memory: ProcessMemory, base: number) {
    this.#memory = memory;
    this.#base = base;
  }

  /** As ProcessMemory.read; `address` is in the first view. */
  read(address: number, into: Uint8Array, at: number, length: number): number {
    let seen = this.#memory.read(address, into, at, length);
    for (const view of [1, 3]) {
      if (seen >= length) break;
      if (this.#other.length < length) this.#other = Buffer.alloc(length);
      seen += this.#memory.read(address + view * this.#base, this.#other, 0, length);
      this.#fillIn(address, into.subarray(at, at + length));
    }
    return Math.min(seen, length);
  }

  /** As ProcessMemory.nextPresent: present in any view. */
  nextPresent(address: number, end: number): number {
    const found = [0, 1, 3].map((view) => {
      const offset = view * this.#base;
      return this.#memory.nextPresent(address + offset, end + offset) - offset;
    });
    return Math.min(...found);
  }

  /** Takes those pages from the other view that are zero in the first. */
  #fillIn(address: number, into: Uint8Array): void {
    for (let from = 0; from < into.length; ) {
      const to = Math.min(into.length, from + pageSize - ((address + from) % pageSize));
      const page = into.subarray(from, to);
      if (zeros.compare(page, 0, page.length, 0, page.length) === 0) page.set(this.#other.subarray(from, to));
      from = to;
    }
  }
}
