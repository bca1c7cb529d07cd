// The counters of OutOfMemoryErrors that HotSpot keeps since JDK 10 for its crash reports: static members of Exceptions
// (src/hotspot/share/utilities/exceptions.hpp). They are named in the full symbol table only, which Debian's and Temurin's
// libjvm have, and a libjvm that was stripped has not.

import { withImage } from '../../memory/image.ts';
import type { Mapping } from '../../memory/mappings.ts';
import type { ProcessMemory } from '../../memory/process-memory.ts';

/** By kind, as C++ mangles the names. All errors but those of metaspace count as java_heap. */
const symbols = new Map([
  ['_ZN10Exceptions37_out_of_memory_error_java_heap_errorsE', 'java_heap'],
  ['_ZN10Exceptions37_out_of_memory_error_metaspace_errorsE', 'metaspace'],
  ['_ZN10Exceptions43_out_of_memory_error_class_metaspace_errorsE', 'class_metaspace'],
]);

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
  const counter = Buffer.alloc(4); // a volatile int
  return () => {
    const counts = (found ?? []).flatMap(([kind, address]) =>
      memory.read(address, counter, 0, 4) === 4 ? [[kind, counter.readUInt32LE(0)] as const] : [],
    );
    return counts.length === 0 ? undefined : Object.fromEntries(counts);
  };
}
