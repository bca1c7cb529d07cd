import { pageSize } from '../../../memory/pagemap.ts';
import type { ProcessMemory } from '../../../memory/process-memory.ts';
import type { AbortFlag } from '../../../model/census.ts';
import { checkAbort } from '../../abort.ts';

export const windowBytes = 256 * 1024;

/** A piece of another process's memory that moves along with who reads it, mostly upwards. */
export class MemoryWindow {
  /** Bytes read so far. */
  scannedBytes = 0;
  readonly memory: ProcessMemory;
  readonly #abort: AbortFlag;
  readonly #bytes = new Uint8Array(windowBytes);
  readonly words = new Int32Array(this.#bytes.buffer);
  /** What it holds: [start, end). */
  #start = 0;
  #end = 0;
  /** Where the memory that is walked ends: what is mapped behind it is not ours to read. */
  #limit = 0;

  constructor(memory: ProcessMemory, abort: AbortFlag) {
    this.memory = memory;
    this.#abort = abort;
  }

  /** What was read under another limit may have been cut short. */
  limitTo(end: number): void {
    if (end === this.#limit) return;
    this.#limit = end;
    this.forget();
  }

  /** What is asked for next is read anew. */
  forget(): void {
    this.#end = this.#start;
  }

  holds(address: number, length: number): boolean {
    return address >= this.#start && address + length <= this.#end;
  }

  /** Makes sure that it holds [address, address + length); answers where in `words` that is. Throws `busy`. */
  load(address: number, length: number): number {
    if (!this.holds(address, length)) this.#moveTo(address);
    return this.#indexOf(address);
  }

  #moveTo(address: number): void {
    checkAbort(this.#abort);
    this.#start = address - (address % pageSize);
    this.#end = this.#start + windowBytes;
    const wanted = Math.min(windowBytes, Math.max(0, this.#limit - this.#start));
    this.scannedBytes += this.memory.read(this.#start, this.#bytes, 0, wanted);
    this.#bytes.fill(0, wanted);
  }

  #indexOf(address: number): number {
    return (address - this.#start) >>> 2;
  }

  /** The lower half of the 64-bit word at an address that it holds. */
  lowWord(address: number): number {
    return this.words[this.#indexOf(address)]!;
  }

  /** The 64-bit word at an address that it holds. */
  word(address: number): number {
    const index = this.#indexOf(address);
    return (this.words[index + 1]! >>> 0) * 2 ** 32 + (this.words[index]! >>> 0);
  }
}
