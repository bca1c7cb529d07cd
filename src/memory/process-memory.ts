import { closeSync, openSync, readSync } from 'node:fs';
import { ReadFailure } from '../model/failure.ts';
import type { ProcessRef } from '../model/target.ts';
import { type Mapping, parseMappings } from './mappings.ts';
import { isPresent, isSwapped, pagemapEntryBytes, pageSize } from './pagemap.ts';

/** Most pages that one call looks at; longer reads go in steps of it. */
const pagesAtOnce = 512;

/** 65,530 mappings, the most that Linux allows unless told otherwise, of paths of 180 bytes. Such text takes a third of a second. */
const maxMapsBytes = 16 * 2 ** 20;
/** The kernel gives a page of text at a time, whatever is asked for. */
const mapsPieceBytes = 64 * 1024;

/**
 * Another process's memory, read from outside through /proc/<pid>/mem: no signal, no ptrace stop. Only pages that the
 * pagemap calls present are read, as reading an untouched or swapped page would grow the target. Absent pages read as 0.
 * The open file stays bound to the address space it was opened for: after an exec or exit every read comes back empty.
 */
export class ProcessMemory {
  readonly process: ProcessRef;
  /** Bytes that were asked for and not seen because they are in swap, since the start. */
  swappedBytes = 0;
  /** Bytes of present pages that could not be read: unmapped since the pagemap was looked at. */
  lostBytes = 0;
  readonly #mem: number;
  readonly #pagemap: number;
  readonly #entries = new Int32Array(2 * pagesAtOnce);
  readonly #word = new DataView(new ArrayBuffer(8));
  #closed = false;

  /** Throws `gone` or `denied`. */
  constructor(process: ProcessRef) {
    this.process = process;
    const folder = `${process.procfsPath}/${process.pid}`;
    this.#mem = openForReading(`${folder}/mem`, process.pid);
    try {
      this.#pagemap = openForReading(`${folder}/pagemap`, process.pid);
    } catch (error) {
      closeSync(this.#mem);
      throw error;
    }
  }

  /**
   * Fills `into[at, at + length)` from `address`, in any alignment; what is absent becomes 0.
   * Returns the bytes that were really read.
   */
  read(address: number, into: Uint8Array, at: number, length: number): number {
    if (!isAddressable(address, length)) {
      into.fill(0, at, at + length);
      return 0;
    }
    let done = 0;
    let seen = 0;
    while (done < length) {
      const from = address + done;
      const inFirstPage = from % pageSize;
      const step = Math.min(length - done, pagesAtOnce * pageSize - inFirstPage);
      seen += this.#readPages(from, into, at + done, step);
      done += step;
    }
    return seen;
  }

  /** The first page at or after a page's address that is present; `end` when there is none before it. */
  nextPresent(address: number, end: number): number {
    for (let from = address; from < end; from += pagesAtOnce * pageSize) {
      const pages = Math.min(pagesAtOnce, Math.ceil((end - from) / pageSize));
      this.#readEntries(Math.floor(from / pageSize), pages);
      for (let page = 0; page < pages; page++) if (isPresent(this.#entries, page)) return from + page * pageSize;
    }
    return end;
  }

  /** The 64-bit word at an address as an address or count; undefined when it is absent or beyond 2^53. */
  readWord(address: number): number | undefined {
    if (this.read(address, new Uint8Array(this.#word.buffer), 0, 8) < 8) return undefined;
    const value = this.#word.getUint32(4, true) * 2 ** 32 + this.#word.getUint32(0, true);
    return value <= Number.MAX_SAFE_INTEGER ? value : undefined;
  }

  /** False after an exec or exit: the pagemap of what is no more is empty. */
  hasAddressSpace(): boolean {
    return readSome(this.#pagemap, this.#entries, 0, pagemapEntryBytes, 0) === pagemapEntryBytes;
  }

  /** Idempotent. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    closeSync(this.#mem);
    closeSync(this.#pagemap);
  }

  #readPages(address: number, into: Uint8Array, at: number, length: number): number {
    const firstPage = Math.floor(address / pageSize);
    const pages = Math.floor((address + length - 1) / pageSize) - firstPage + 1;
    this.#readEntries(firstPage, pages);
    let seen = 0;
    let page = 0;
    while (page < pages) {
      const present = isPresent(this.#entries, page);
      let end = page + 1;
      while (end < pages && isPresent(this.#entries, end) === present) end++;
      const from = Math.max(address, (firstPage + page) * pageSize);
      const to = Math.min(address + length, (firstPage + end) * pageSize);
      const offset = at + from - address;
      if (present) {
        seen += this.#readRun(from, into, offset, to - from);
      } else {
        into.fill(0, offset, offset + to - from);
        for (let index = page; index < end; index++) {
          if (isSwapped(this.#entries, index)) this.swappedBytes += pageSize;
        }
      }
      page = end;
    }
    return seen;
  }

  #readEntries(firstPage: number, pages: number): void {
    const bytes = pages * pagemapEntryBytes;
    const position = firstPage * pagemapEntryBytes;
    // Beyond the address space's end, and after exit, the pagemap is short: what it does not say is not present.
    const read = position > Number.MAX_SAFE_INTEGER ? 0 : readSome(this.#pagemap, this.#entries, 0, bytes, position);
    if (read < bytes) this.#entries.fill(0, read >> 2, bytes >> 2);
  }

  /** Reads pages that were present a moment ago; a read stops short at an unmapped page, but data may follow it. */
  #readRun(address: number, into: Uint8Array, at: number, length: number): number {
    let done = 0;
    let seen = 0;
    while (done < length) {
      const read = readSome(this.#mem, into, at + done, length - done, address + done);
      seen += read;
      done += read;
      if (done < length) {
        const rest = Math.min(length - done, pageSize - ((address + done) % pageSize));
        into.fill(0, at + done, at + done + rest);
        this.lostBytes += rest;
        done += rest;
      }
    }
    return seen;
  }
}

/** False for what a hostile structure may name and no process has: below 0, or where numbers are not exact any more. */
export function isAddressable(address: number, length: number): boolean {
  return address >= 0 && address + length <= Number.MAX_SAFE_INTEGER;
}

/** Reads /proc/<pid>/maps. Throws `gone` or `denied`, `unreadable` when it is larger than any program's. */
export function readMappings(process: ProcessRef): Mapping[] {
  return parseMappings(readMapsText(`${process.procfsPath}/${process.pid}/maps`, process.pid));
}

/** The kernel bounds the number of mappings, not the length of the paths behind them: in pieces, so that we stop in time. */
function readMapsText(path: string, pid: number): string {
  const file = openForReading(path, pid);
  try {
    const piece = Buffer.allocUnsafe(mapsPieceBytes);
    let text = '';
    for (let length = -1; length !== 0 && text.length <= maxMapsBytes; text += piece.toString('latin1', 0, length)) {
      length = readSync(file, piece, 0, piece.length, null);
    }
    if (text.length <= maxMapsBytes) return text;
    throw new ReadFailure(
      'unreadable',
      `the mappings of process ${pid} take more text than those of any known program`,
    );
  } catch (error) {
    throw error instanceof ReadFailure ? error : asReadFailure(error, pid);
  } finally {
    closeSync(file);
  }
}

function openForReading(path: string, pid: number): number {
  try {
    return openSync(path, 'r');
  } catch (error) {
    throw asReadFailure(error, pid);
  }
}

function readSome(file: number, into: NodeJS.ArrayBufferView, at: number, length: number, position: number): number {
  try {
    return readSync(file, into, at, length, position);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    // EIO: the page is not mapped (any more); EFAULT: it is, but cannot be read (a file cut short behind it).
    if (code === 'EIO' || code === 'EFAULT' || code === 'ESRCH') return 0;
    throw error;
  }
}

function asReadFailure(error: unknown, pid: number): ReadFailure {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ENOENT' || code === 'ESRCH') {
    return new ReadFailure('gone', `process ${pid} has ended`, { cause: error });
  }
  if (code === 'EACCES' || code === 'EPERM') {
    return new ReadFailure(
      'denied',
      `the memory of process ${pid} may not be read: run heapwatch with the same user and group as the ` +
        'process, or as root with the capabilities SYS_PTRACE and DAC_READ_SEARCH; ' +
        'where /proc/sys/kernel/yama/ptrace_scope is not 0, only the latter helps',
      { cause: error },
    );
  }
  return new ReadFailure('unreadable', `process ${pid} cannot be read: ${(error as Error).message}`, { cause: error });
}
