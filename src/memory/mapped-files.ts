import { closeSync, readSync } from 'node:fs';
import type { ProcessRef } from '../model/target.ts';
import { openMappedFile } from './image.ts';
import { findMapping, type Mapping } from './mappings.ts';

/** A process with Python extensions maps a few hundred files; what names types lies in some tens of them. */
const maxFiles = 64;

/**
 * What a process's read-only file mappings hold, read from the files: a page of them that nobody has touched since a
 * fork, or that memory pressure took, is not present in the process, and reading it there would bring it in.
 */
export class MappedFiles {
  readonly #process: ProcessRef;
  readonly #mappings: readonly Mapping[];
  readonly #files = new Map<string, number | undefined>();

  constructor(process: ProcessRef, mappings: readonly Mapping[]) {
    this.#process = process;
    this.#mappings = mappings;
  }

  /** At most `length` bytes; undefined when no read-only file mapping holds the address or it cannot be opened. */
  read(address: number, length: number): Buffer | undefined {
    const mapping = findMapping(this.#mappings, address);
    if (mapping === undefined || mapping.writable || mapping.inode === 0) return undefined;
    const file = this.#open(mapping.path);
    if (file === undefined) return undefined;
    const bytes = Buffer.alloc(Math.min(length, mapping.end - address));
    const read = readSync(file, bytes, 0, bytes.length, mapping.offset + address - mapping.start);
    return bytes.subarray(0, read);
  }

  /** Idempotent. */
  close(): void {
    for (const file of this.#files.values()) if (file !== undefined) closeSync(file);
    this.#files.clear();
  }

  #open(path: string): number | undefined {
    if (!this.#files.has(path) && this.#files.size < maxFiles) {
      this.#files.set(path, openMappedFile(this.#process, this.#mappings, path));
    }
    return this.#files.get(path);
  }
}
