import type { PageCache } from '../../../memory/page-cache.ts';
import { type Arena, firstArenaFrom } from '../arenas.ts';
import type { GcState } from '../gc-state.ts';
import type { CpythonLayout } from '../layouts/layout.ts';
import { poolHeaderBytes } from './scan-pools.ts';
import type { TypeReader } from './type-names.ts';

const samplesPerGeneration = 64;

/**
 * What the debug hooks of Objects/obmalloc.c (PYTHONMALLOC=debug, -X dev) write before a block: its size, then a letter
 * for the domain and seven forbidden bytes: 0xfd, and 0xfb up to 3.7.
 */
const debugPrefixBytes = 16;
const domains = 'orm';
const forbiddenBytes = [0xfd, 0xfb];

/** Bytes between a block's start and the object's memory. */
export interface BlockPrefix {
  readonly inPools: number;
  readonly inChunks: number;
}

/**
 * Finds what debug hooks put before objects, and so holds the collector's lists against the allocator before a scan is
 * believed: objects that the lists name must begin where the scan will look for objects of their type. Undefined when most
 * do not.
 */
export function findBlockPrefix(
  pages: PageCache,
  types: TypeReader,
  gcStates: readonly GcState[],
  arenas: readonly Arena[],
  layout: CpythonLayout,
): BlockPrefix | undefined {
  const seen = { plain: 0, debug: 0, neither: 0 };
  for (const gcHead of sampleLists(pages, gcStates)) {
    const type = types.read(pages.readWord(gcHead + layout.gc.headBytes + 8) ?? 0);
    if (type === undefined) continue;
    const start = gcHead + layout.gc.headBytes - type.objectOffset;
    const fits = hasDebugPrefix(pages, start) ? 'debug' : isBlock(pages, start, arenas, layout) ? 'plain' : 'neither';
    seen[fits]++;
  }
  if (seen.neither > seen.plain + seen.debug) return undefined;
  if (seen.debug <= seen.plain) return { inPools: 0, inChunks: 0 };
  // What pymalloc leaves to malloc passes through the hooks of the raw domain as well.
  return { inPools: debugPrefixBytes, inChunks: arenas.length > 0 ? 2 * debugPrefixBytes : debugPrefixBytes };
}

/** The oldest objects of each generation: the newest may lie in an arena that was made a moment ago. */
function* sampleLists(pages: PageCache, gcStates: readonly GcState[]): Generator<number> {
  for (const head of gcStates.flatMap((state) => state.generationHeads)) {
    let gcHead = pages.readWord(head);
    for (let sample = 0; sample < samplesPerGeneration && gcHead && gcHead !== head; sample++) {
      yield gcHead;
      const next = pages.readWord(gcHead);
      gcHead = next && next - (next % 4);
    }
  }
}

function hasDebugPrefix(pages: PageCache, start: number): boolean {
  const prefix = pages.read(start - 8, 8);
  if (prefix === undefined || !domains.includes(String.fromCharCode(prefix[0]!))) return false;
  return forbiddenBytes.some((forbidden) => prefix.subarray(1).every((byte) => byte === forbidden));
}

function isInArena(address: number, arenas: readonly Arena[]): boolean {
  const arena = arenas[firstArenaFrom(arenas, address + 1) - 1];
  return arena !== undefined && address >= arena.start && address < arena.end;
}

/** Whether a block of a pool, or a chunk of malloc in use, begins at the address. */
function isBlock(pages: PageCache, start: number, arenas: readonly Arena[], layout: CpythonLayout): boolean {
  if (isInArena(start, arenas)) {
    const pool = start - (start % layout.poolBytes);
    const maxNextOffset = pages.read(pool + 44, 4)?.readUInt32LE(0) ?? 0;
    return (start - pool - poolHeaderBytes) % (layout.poolBytes - maxNextOffset) === 0;
  }
  const size = pages.readWord(start - 8) ?? 0;
  const bytes = size - (size % 8);
  const nextSize = pages.readWord(start - 8 + bytes);
  // A chunk with a mapping of its own has no next one; else the next one says that this one is in use.
  return start % 16 === 0 && bytes >= 32 && (size % 8 === 2 || (nextSize !== undefined && nextSize % 2 === 1));
}
