// The counters of OutOfMemoryErrors that HotSpot keeps since JDK 10 for its crash reports: static members of Exceptions
// (src/hotspot/share/utilities/exceptions.hpp). They are named in the full symbol table only, which Debian's and Temurin's
// libjvm have, and a libjvm that was stripped has not.

import { withImage } from '../../../memory/image.ts';
import type { Mapping } from '../../../memory/mappings.ts';
import type { ProcessMemory } from '../../../memory/process-memory.ts';

/** By kind, as C++ mangles the names. All errors but those of metaspace count as java_heap. */
const symbols = new Map([
  ['_ZN10Exceptions37_out_of_memory_error_java_heap_errorsE', 'java_heap'],
  ['_ZN10Exceptions37_out_of_memory_error_metaspace_errorsE', 'metaspace'],
  ['_ZN10Exceptions43_out_of_memory_error_class_metaspace_errorsE', 'class_metaspace'],
]);

/** In all builds known they take 12 to 16 bytes. */
const mostSpanBytes = 256;

/** The errors thrown since the start, by kind, caught ones included; undefined where libjvm does not name the counters. */
export type ReadOutOfMemoryErrors = () => Readonly<Record<string, number>> | undefined;

/** Finds the counters of the libjvm that is mapped under `path`. */
export function findOutOfMemoryErrors(
  memory: ProcessMemory,
  mappings: readonly Mapping[],
  path: string,
): ReadOutOfMemoryErrors {
  const found = withImage(memory.process, mappings, path, ({ elf, loadBias }) =>
    [...elf.staticSymbols([...symbols.keys()])].map(
      ([name, address]) => [symbols.get(name)!, address + loadBias] as const,
    ),
  );
  if (found === undefined || found.length === 0) return () => undefined;
  // They are volatile ints and lie side by side: one read sees all.
  const start = Math.min(...found.map(([, address]) => address));
  const near = found.filter(([, address]) => address < start + mostSpanBytes);
  const bytes = Buffer.alloc(mostSpanBytes + 4);
  const length = Math.max(...near.map(([, address]) => address)) - start + 4;
  return () => {
    if (memory.read(start, bytes, 0, length) < length) return undefined;
    const counts: Record<string, number> = {};
    for (const [kind, address] of near) counts[kind] = bytes.readUInt32LE(address - start);
    return counts;
  };
}
