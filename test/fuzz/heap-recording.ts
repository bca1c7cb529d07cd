import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { PageCache } from '../../src/memory/page-cache.ts';
import { pageSize } from '../../src/memory/pagemap.ts';
import { ProcessMemory } from '../../src/memory/process-memory.ts';
import type { ProcessRef } from '../../src/model/target.ts';
import type { Runtime } from '../../src/runtimes/runtime.ts';
import { refOf } from '../real/process-ref.ts';

/** Where a reader looked. */
export interface Look {
  readonly address: number;
  readonly length: number;
}

/** All that vitals and a census read of a real process: enough to do both again when it has ended. */
export interface HeapRecording {
  /** In a procfs of its own, with the same maps and stat; its memory is in `pages`. */
  readonly process: ProcessRef;
  readonly maps: string;
  /** Contents of present pages by page number. */
  readonly pages: ReadonlyMap<number, Uint8Array>;
  /** The single fields and structs that were looked at: each steers a reader. */
  readonly structs: readonly Look[];
  /** Pools, chunks and whole segments. */
  readonly areas: readonly Look[];
}

const mostStructBytes = 1024;

/** Reads a living process once in full. The recording's procfs ends with the test. */
export function recordHeap(pid: number, runtime: Runtime): HeapRecording {
  const pages = new Map<number, Uint8Array>();
  const looks = new Map<string, Look>();
  const note = (address: number, length: number) => {
    // An address that a reader does not know is no number.
    if (length !== pageSize && address >= 0) looks.set(`${address} ${length}`, { address, length });
  };
  const { read } = ProcessMemory.prototype;
  const { read: readCached } = PageCache.prototype;
  ProcessMemory.prototype.read = function (address, into, at, length) {
    note(address, length);
    for (let page = Math.floor(address / pageSize); page * pageSize < address + length; page++) {
      const bytes = new Uint8Array(pageSize);
      if (!pages.has(page) && read.call(this, page * pageSize, bytes, 0, pageSize) === pageSize) pages.set(page, bytes);
    }
    return read.call(this, address, into, at, length);
  };
  PageCache.prototype.read = function (address, length) {
    note(address, length);
    return readCached.call(this, address, length);
  };
  try {
    const process = refOf(pid);
    const session = runtime.open(process);
    session.vitals();
    session.close();
    runtime.census(process, new Int32Array(new SharedArrayBuffer(4)));
    const maps = readFileSync(`/proc/${pid}/maps`, 'latin1');
    const all = [...looks.values()];
    return {
      process: { ...process, procfsPath: copyProcfs(pid, maps) },
      maps,
      pages,
      structs: all.filter(({ length }) => length <= mostStructBytes),
      areas: all.filter(({ length }) => length > mostStructBytes),
    };
  } finally {
    ProcessMemory.prototype.read = read;
    PageCache.prototype.read = readCached;
  }
}

function copyProcfs(pid: number, maps: string): string {
  const procfsPath = mkdtempSync(join(tmpdir(), 'heapwatch-fuzz-'));
  onTestFinished(() => rmSync(procfsPath, { recursive: true }));
  const folder = join(procfsPath, String(pid));
  mkdirSync(folder);
  for (const name of ['mem', 'pagemap']) writeFileSync(join(folder, name), '');
  writeFileSync(join(folder, 'maps'), maps, 'latin1');
  writeFileSync(join(folder, 'stat'), readFileSync(`/proc/${pid}/stat`));
  symlinkSync('/', join(folder, 'root'));
  return procfsPath;
}
