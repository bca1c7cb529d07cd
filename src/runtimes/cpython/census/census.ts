import { MappedFiles } from '../../../memory/mapped-files.ts';
import type { Mapping } from '../../../memory/mappings.ts';
import { PageCache } from '../../../memory/page-cache.ts';
import { readMappings } from '../../../memory/process-memory.ts';
import type { AbortFlag, Census } from '../../../model/census.ts';
import type { ProcessRef } from '../../../model/target.ts';
import { causeOf, vanished } from '../../vanished.ts';
import { type Arena, readArenas } from '../arenas.ts';
import { attach } from '../attach.ts';
import { withInterpreterParts } from '../interpreter-parts.ts';
import { findBlockPrefix } from './block-prefix.ts';
import { foreignAllocator, refuseMusl } from './foreign-allocator.ts';
import { scanMalloc } from './scan-malloc.ts';
import { scanPools } from './scan-pools.ts';
import { Tally } from './tally.ts';
import { TypeReader } from './type-names.ts';

/** Scanning as much takes about 4 s of one core, which is what a census every 10 minutes may cost. */
const defaultMostArenaBytes = 8 * 2 ** 30;

/**
 * Counts objects per type by reading pymalloc's pools and malloc's chunks in the order of their addresses: no pointer is
 * followed from object to object, so a process that changes meanwhile costs a little accuracy and never the way.
 * Of arenas beyond `mostArenaBytes` every second, third... is looked at, and the counts are scaled up.
 */
export function census(process: ProcessRef, abort: AbortFlag, mostArenaBytes = defaultMostArenaBytes): Census {
  const takenAtSeconds = Date.now() / 1000;
  const began = performance.now();
  const python = attach(process);
  const { memory, layout, image } = python;
  let files: MappedFiles | undefined;
  try {
    const mappings = readMappings(process);
    refuseMusl(mappings);
    files = new MappedFiles(process, mappings);
    const { gcStates, arenas } = withInterpreterParts(python, undefined, ({ gcStates, arenaVariables }) => ({
      gcStates,
      arenas: readArenas(memory, arenaVariables, layout),
    }));
    const pages = new PageCache(memory);
    const types = new TypeReader(pages, files, layout, image.typeAddress);
    const prefix = findBlockPrefix(pages, types, gcStates, arenas, layout);
    if (prefix === undefined) throw foreignAllocator(process);
    const tally = new Tally((address) => types.read(address), below4GiB(mappings), layout);
    const sample = sampleArenas(arenas, Math.floor(mostArenaBytes / layout.arenaBytes));
    const pools = scanPools({ memory, arenas: sample, layout, tally, abort, prefixBytes: prefix.inPools });
    if (sample.length < arenas.length) tally.scale(arenas.length / sample.length);
    const malloc = scanMalloc({
      memory,
      mappings: readMappings(process),
      arenas,
      layout,
      tally,
      abort,
      prefixBytes: prefix.inChunks,
    });
    // After an exec or exit the memory reads as nothing: such a census is not one.
    if (memory.readWord(image.typeAddress) === undefined) {
      throw vanished(memory);
    }
    if (malloc.usedBytes === 0 && memory.swappedBytes === 0) throw foreignAllocator(process);
    const rows = tally.types();
    const scannedBytes = pools.scannedBytes + malloc.scannedBytes;
    const skipped = pools.refusedBytes + malloc.refusedBytes + memory.swappedBytes + memory.lostBytes;
    return {
      takenAtSeconds,
      durationSeconds: (performance.now() - began) / 1000,
      objects: tally.objects,
      bytes: rows.reduce((sum, row) => sum + row.bytes, 0),
      types: rows,
      quality: {
        skippedRatio: skipped / Math.max(1, scannedBytes + skipped),
        scannedBytes,
        ...(sample.length < arenas.length && { sampledRatio: sample.length / arenas.length }),
      },
      spaceUsedBytes: { large: malloc.usedBytes },
      spaceCommittedBytes: { large: malloc.committedBytes },
    };
  } catch (error) {
    throw causeOf(error, memory);
  } finally {
    files?.close();
    memory.close();
  }
}

/** Arenas of one age lie side by side: every n-th of them is a fair sample. */
function sampleArenas(arenas: readonly Arena[], most: number): readonly Arena[] {
  const step = Math.ceil(arenas.length / Math.max(1, most));
  return step <= 1 ? arenas : arenas.filter((_, index) => index % step === 0);
}

/** The span of a non-PIE process's mappings below 4 GiB: a word in it is a pointer, not a refcount. */
function below4GiB(mappings: readonly Mapping[]): { start: number; end: number } {
  const low = mappings.filter((mapping) => mapping.end <= 2 ** 32);
  return { start: low[0]?.start ?? 0, end: low.at(-1)?.end ?? 0 };
}
