import type { PageCache } from '../../memory/page-cache.ts';
import { ReadFailure } from '../../model/failure.ts';
import type { Arena } from './arenas.ts';
import type { GcState } from './gc-state.ts';
import type { CpythonLayout } from './layouts/layout.ts';
import { poolHeaderBytes } from './scan-pools.ts';
import type { TypeReader } from './type-names.ts';

const samplesPerGeneration = 64;

/**
 * Holds the collector's lists against pymalloc's pools before a scan is believed: objects that the lists name must begin
 * where the scan will look for objects of their type. With debug hooks (`-X dev`, PYTHONMALLOC=debug) every block starts
 * 16 bytes late. Throws `unsupported`.
 */
export function checkBlocks(
  pages: PageCache,
  types: TypeReader,
  gcStates: readonly GcState[],
  arenas: readonly Arena[],
  layout: CpythonLayout,
): void {
  let fitting = 0;
  let shifted = 0;
  for (const head of gcStates.flatMap((state) => state.generationHeads)) {
    let gcHead = pages.readWord(head);
    for (let sample = 0; sample < samplesPerGeneration && gcHead && gcHead !== head; sample++) {
      const offset = offsetInBlock(pages, types, gcHead, arenas, layout);
      if (offset === 0) fitting++;
      else if (offset !== undefined) shifted++;
      const next = pages.readWord(gcHead);
      gcHead = next && next - (next % 4);
    }
  }
  if (shifted > fitting) {
    throw new ReadFailure(
      'unsupported',
      "This Python's objects do not lie where its version has them. With PYTHONMALLOC=debug or -X dev that is expected: " +
        'heapwatch reads CPython with its default allocator.',
    );
  }
}

/** How far behind a block's start the object's memory begins; undefined for an object that is not in a pool. */
function offsetInBlock(
  pages: PageCache,
  types: TypeReader,
  gcHead: number,
  arenas: readonly Arena[],
  layout: CpythonLayout,
): number | undefined {
  if (!arenas.some((arena) => gcHead >= arena.start && gcHead < arena.end)) return undefined;
  const gcHeadBytes = layout.gc.headBytes;
  const type = types.read(pages.readWord(gcHead + gcHeadBytes + 8) ?? 0);
  const pool = gcHead - (gcHead % layout.poolBytes);
  const maxNextOffset = pages.read(pool + 44, 4)?.readUInt32LE(0);
  if (type === undefined || maxNextOffset === undefined) return undefined;
  return (gcHead + gcHeadBytes - type.objectOffset - pool - poolHeaderBytes) % (layout.poolBytes - maxNextOffset);
}
