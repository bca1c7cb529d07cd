import { closeSync, fstatSync, readSync } from 'node:fs';
import type { Mapping } from '../../../memory/mappings.ts';
import type { ProcessMemory } from '../../../memory/process-memory.ts';
import type { VmStructs } from '../vm-structs.ts';
import { mostPerfDataBytes, type PerfLayout, parsePerfData, readLong, readStamp, readText } from './perf-data.ts';
import { findPerfDataMapping, openPerfDataFile } from './perf-data-file.ts';
import { findMemorySource, memorySource } from './perf-data-memory.ts';

/** The performance data of one JVM, as of the last `read`. */
export interface PerfData {
  /**
   * One read, two microseconds. Throws `busy`, `unreadable`, `unsupported`, and `gone` without a file; with one it may succeed
   * after the process's end.
   */
  read(): void;
  /** A count, a size or a time; undefined also for what cannot be one: below 0, or beyond 2^53. */
  number(name: string): number | undefined;
  text(name: string): string | undefined;
  /** Idempotent. */
  close(): void;
}

/** Where the bytes come from. */
export interface PerfDataSource {
  readonly bytes: number;
  /** Fills the buffer from its start; answers how many bytes there are. May throw `busy` and `gone`. */
  fill(into: Buffer): number;
  close(): void;
}

/**
 * Finds the performance data: the mapped file, else the mapping, else what `PerfMemory::_start` points to. Throws `busy` for
 * a JVM that has not begun, `unsupported` without any data.
 */
export function openPerfData(
  memory: ProcessMemory,
  mappings: readonly Mapping[],
  structs: VmStructs | undefined,
): PerfData {
  return readPerfData(openMappedSource(memory, mappings) ?? findMemorySource(memory, structs));
}

/** The performance data that a source holds, which it closes with itself. */
export function readPerfData(source: PerfDataSource): PerfData {
  const buffer = Buffer.alloc(source.bytes);
  let layout: PerfLayout | undefined;
  let isOpen = true;
  let constants = new Map<string, string>();
  return {
    read() {
      const length = source.fill(buffer);
      const bytes = buffer.subarray(0, length);
      // Entries are only added, and each one added changes the stamp.
      if (layout === undefined || length < buffer.length || readStamp(bytes) !== layout.stamp) {
        layout = parsePerfData(bytes);
        constants = new Map();
      }
    },
    number(name) {
      const at = layout?.numbers.get(name);
      const value = at === undefined ? -1 : readLong(buffer, at);
      return value >= 0 && value <= Number.MAX_SAFE_INTEGER ? value : undefined;
    },
    text(name) {
      const known = constants.get(name);
      if (known !== undefined) return known;
      const place = layout?.strings.get(name);
      const text = place && readText(buffer, place.at, place.length);
      if (place?.constant && text !== undefined) constants.set(name, text);
      return text;
    },
    close() {
      if (isOpen) source.close();
      isOpen = false;
    },
  };
}

function openMappedSource(memory: ProcessMemory, mappings: readonly Mapping[]): PerfDataSource | undefined {
  const mapping = findPerfDataMapping(mappings);
  if (mapping === undefined) return undefined;
  const file = openPerfDataFile(memory.process, mapping);
  if (file === undefined) return memorySource(memory, mapping.start, mapping.end - mapping.start);
  return {
    bytes: Math.min(fstatSync(file).size, mostPerfDataBytes), // it may have grown since it was looked at
    fill: (into) => readSync(file, into, 0, into.length, 0),
    close: () => closeSync(file),
  };
}
